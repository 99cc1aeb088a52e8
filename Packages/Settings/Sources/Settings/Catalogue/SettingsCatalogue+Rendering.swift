extension SettingsCatalogue {
    /// The settings as an aligned table for the end of `--help`, one line each, with a newline at the end.
    ///
    /// ```
    /// Server:
    ///   PORT       8080       Port to listen on (1 to 65535; --port)
    /// ```
    public func renderHelp() -> String {
        let names = self.settings.map(\.name)
        let defaults = self.settings.map(\.defaultColumn)
        let nameWidth = names.map(\.count).max() ?? 0
        // A long URL would push every summary off the screen; it may break the column instead.
        let defaultWidth = min(28, defaults.map(\.count).max() ?? 0)
        return self.sections.map { section in
            let lines = section.settings.map { setting in
                let hints = [setting.allowed] + setting.aliases.map { "or \($0)" } + [setting.flag].compactMap(\.self)
                return "  \(setting.name.padded(to: nameWidth))  \(setting.defaultColumn.padded(to: defaultWidth))  "
                    + "\(setting.summary) (\(hints.joined(separator: "; ")))\n"
            }
            return "\(section.title):\n" + lines.joined()
        }.joined(separator: "\n")
    }

    /// The settings as Markdown tables under headings of the third level.
    public func renderMarkdown() -> String {
        self.sections.map { section in
            let rows = section.settings.map { setting in
                let names = ([setting.name] + setting.aliases).map { "`\($0)`" }.joined(separator: " or ")
                let flag = setting.flag.map { ", `\($0)`" } ?? ""
                let secret = setting.isSecret ? " (secret)" : ""
                let defaultText = setting.defaultText.map { $0.isEmpty ? "empty" : "`\($0)`" } ?? setting.defaultColumn
                let cells = [names + flag, defaultText, setting.allowed, setting.summary + secret]
                return "| "
                    + cells.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
                    .joined(separator: " | ") + " |\n"
            }
            return "### \(section.title)\n\n| setting | default | allowed | meaning |\n| --- | --- | --- | --- |\n"
                + rows.joined()
        }.joined(separator: "\n")
    }

    /// The text of `.env.example`: every setting with its meaning, defaults behind `#`, required ones to be filled in.
    public func renderEnvironmentExample() -> String {
        self.sections.map { section in
            let entries = section.settings.map { setting in
                let value = EnvironmentFile.quoted(setting.defaultText ?? "")
                return "# \(setting.summary); allowed: \(setting.allowed)\n"
                    + "\(setting.isRequired ? "" : "#")\(setting.name)=\(value)\n"
            }
            return "## \(section.title)\n\n" + entries.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }
}
