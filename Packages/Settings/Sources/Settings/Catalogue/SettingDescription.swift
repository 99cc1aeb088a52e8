/// What people are told about a setting, whatever the type of its value.
public struct SettingDescription: Sendable {
    /// What happens to a value that is not allowed.
    public enum BadValuePolicy: Sendable {
        /// The program does not start.
        case stop
        /// The default is used and ``SettingsReader/warnings()`` says so.
        case warnAndUseDefault
    }

    /// The environment variable: `RATE_LIMIT_READ_PER_MINUTE`; upper-case letters, digits and underscores.
    public let name: String
    /// Further variables that are looked at, in this order, when ``name`` is not set anywhere.
    public internal(set) var aliases: [String] = []
    /// The command-line flag that sets it: `--port`; `nil` when there is none.
    public internal(set) var flag: String?
    /// The type in one word for tables: `port`.
    public let kind: String
    /// The type as an error names it: `a port`.
    public let phrase: String
    /// The values that are allowed: `1 to 65535`.
    public let allowed: String
    /// The default as it would be written in the environment; `nil` when the setting is required or optional.
    public internal(set) var defaultText: String?
    /// Whether the program cannot start without it.
    public internal(set) var isRequired: Bool
    /// One sentence without a full stop at its end.
    public let summary: String
    /// Whether the value is never shown.
    public internal(set) var isSecret = false
    /// Whether an empty variable is a value; otherwise it counts as not set.
    public internal(set) var acceptsEmpty: Bool
    /// What happens to a value that is not allowed; the default is to stop.
    public internal(set) var badValuePolicy = BadValuePolicy.stop

    let isAllowed: @Sendable (String) -> Bool

    /// The default for a table: the text, `unset`, `required`, or quotes around nothing.
    var defaultColumn: String {
        guard let defaultText else { return self.isRequired ? "required" : "unset" }
        return defaultText.isEmpty ? "\"\"" : defaultText
    }
}

/// A setting of any type, for lists in which types are mixed.
public protocol SettingDeclaring: Sendable {
    /// What people are told about the setting.
    var description: SettingDescription { get }
}

extension SettingDescription: SettingDeclaring {
    /// Itself.
    public var description: SettingDescription { self }
}

/// A setting that the contracts prescribe and this program does not serve yet.
public struct ReservedSetting: Sendable, Hashable {
    /// The environment variable; a `*` at the end stands for any rest: `CONSOLIDATION_*`.
    public let name: String

    /// Reserves a name.
    public init(_ name: String) {
        self.name = name
    }

    func matches(_ variable: String) -> Bool {
        self.name.hasSuffix("*") ? variable.hasPrefix(self.name.dropLast()) : variable == self.name
    }
}
