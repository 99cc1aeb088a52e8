/// A setting as it holds now, for `check-config`.
public struct EffectiveSetting: Sendable, Equatable {
    /// The environment variable.
    public let name: String
    /// The value as it may be shown: `***` for a secret, URLs without passwords; `unset` where there is none.
    public let shownValue: String
    /// Where the value comes from.
    public let origin: SettingOrigin
    /// What is wrong with it, or `nil`.
    public let problem: SettingsError.Problem?
}

extension SettingsReader {
    /// Every setting of the catalogue with its value and origin; secrets are masked.
    public func effective() -> [EffectiveSetting] {
        self.catalogue.settings.map { setting in
            let given = self.given(setting)
            let text = given?.text ?? setting.defaultText
            return EffectiveSetting(
                name: setting.name,
                shownValue: text.map { Redaction.shown($0, isSecret: setting.isSecret) } ?? "unset",
                origin: given?.origin ?? .default,
                problem: self.problem(setting)
            )
        }
    }

    /// The effective settings as an aligned table, one line each: `PORT  8080  environment`.
    public func renderEffective() -> String {
        let rows = self.effective()
        let nameWidth = rows.map(\.name.count).max() ?? 0
        let valueWidth = min(40, rows.map(\.shownValue.count).max() ?? 0)
        return rows.map { row in
            let line = "\(row.name.padded(to: nameWidth))  \(row.shownValue.padded(to: valueWidth))  \(row.origin.rawValue)"
            return line + (row.problem.map { "  (\($0.text))" } ?? "") + "\n"
        }.joined()
    }
}
