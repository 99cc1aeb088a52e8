/// One setting with the type of its value: its name, its default, what it means and how its text is read.
///
/// Declared once and listed in a ``SettingsCatalogue``, from which help, documentation and `.env.example` are made.
///
/// ```swift
/// static let port = Setting.port("PORT", default: 8080, summary: "Port to listen on").flag("--port")
/// static let redis = Setting.url("REDIS_URL", schemes: ["redis", "rediss"], summary: "Redis; unset keeps limits here").optional()
/// ```
public struct Setting<Value: Sendable>: SettingDeclaring {
    /// What people are told about the setting.
    public private(set) var description: SettingDescription
    /// The value where nothing is given; `nil` for a required setting.
    public let defaultValue: Value?

    let parse: @Sendable (String) -> Value?

    /// Declares a setting of a type of its own.
    ///
    /// - Parameters:
    ///   - name: The environment variable, upper-case letters, digits and underscores.
    ///   - kind: The type in one word for tables: `limit`.
    ///   - phrase: The type as an error names it, after "is not": `a limit`.
    ///   - allowed: The values that are allowed: `such as 10/minute`.
    ///   - defaultValue: The value where nothing is given; `nil` makes the setting required.
    ///   - defaultText: The default as it would be written in the environment.
    ///   - summary: One sentence without a full stop at its end.
    ///   - acceptsEmpty: Whether an empty variable is a value; otherwise it counts as not set.
    ///   - parse: Reads the text; `nil` when it is not allowed.
    public init(
        _ name: String,
        kind: String,
        phrase: String,
        allowed: String,
        default defaultValue: Value?,
        defaultText: String?,
        summary: String,
        acceptsEmpty: Bool = false,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.defaultValue = defaultValue
        self.parse = parse
        self.description = SettingDescription(
            name: name, kind: kind, phrase: phrase, allowed: allowed, defaultText: defaultValue == nil ? nil : defaultText,
            isRequired: defaultValue == nil, summary: summary, acceptsEmpty: acceptsEmpty,
            isAllowed: { parse($0) != nil })
    }

    private init(_ description: SettingDescription, default defaultValue: Value?, parse: @escaping @Sendable (String) -> Value?) {
        self.description = description
        self.defaultValue = defaultValue
        self.parse = parse
    }

    /// The same setting, whose value is `nil` where nothing is given.
    public func optional() -> Setting<Value?> {
        var description = self.description
        description.defaultText = nil
        description.isRequired = false
        let parse = self.parse
        return Setting<Value?>(description, default: .some(nil)) { parse($0).map { .some($0) } }
    }

    /// The same setting, whose value is never shown.
    public func secret() -> Setting {
        self.changed { $0.isSecret = true }
    }

    /// The same setting, which a command-line flag sets too.
    ///
    /// - Parameter flag: As it is typed: `--port`.
    public func flag(_ flag: String) -> Setting {
        self.changed { $0.flag = flag }
    }

    /// The same setting, for which another variable is looked at when its own is not set in any place.
    public func alias(_ name: String) -> Setting {
        self.changed { $0.aliases.append(name) }
    }

    /// The same setting, for which a value that is not allowed is replaced by the default, with a warning.
    public func lenient() -> Setting {
        self.changed { $0.badValuePolicy = .warnAndUseDefault }
    }

    private func changed(_ change: (inout SettingDescription) -> Void) -> Setting {
        var copy = self
        change(&copy.description)
        return copy
    }
}
