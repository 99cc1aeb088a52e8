public import LogOutput
public import Logging
public import Settings

/// The settings that all programs share.
public enum CommonSettings {
    /// `LOG_LEVEL`
    public static let logLevel = Setting<Logger.Level>.choice(
        "LOG_LEVEL", default: .info, summary: "Least level that is logged")
    /// `LOG_FORMAT`
    public static let logFormat = Setting<LogFormat>.choice(
        "LOG_FORMAT", default: .text, summary: "Log lines for people or for machines")
    /// `DATABASE_URL`
    public static let databaseURL = Setting.url(
        "DATABASE_URL", schemes: ["sqlite", "postgres", "postgresql", "postgresql+asyncpg"],
        default: "sqlite:var/gatehouse.sqlite", summary: "Where the data is")

    /// `DATABASE_CONNECT_TIMEOUT_SECONDS`
    public static let databaseConnectTimeout = Setting<Duration>.duration(
        "DATABASE_CONNECT_TIMEOUT_SECONDS", in: 1...60, default: 5, summary: "How long it may take to connect to PostgreSQL")

    /// `POLICY_DIR`
    public static let policyFolder = Setting.path(
        "POLICY_DIR",
        summary: "Folder of the policy files; unset: policies, and if there is none every call of a tool is denied"
    ).optional()
    /// Where policy files are when `POLICY_DIR` is not set.
    public static let usualPolicyFolder = "policies"

    /// `REDIS_CA_FILE`
    public static let redisCAFile = Setting.path(
        "REDIS_CA_FILE", summary: "PEM file with the authority of a rediss:// server"
    ).optional()

    /// A URL of a Redis server; it may hold a password, so it is a secret.
    ///
    /// - Parameters:
    ///   - name: The environment variable.
    ///   - summary: One sentence without a full stop at its end.
    public static func redisURL(_ name: String, summary: String) -> Setting<String> {
        Setting.url(name, schemes: ["redis", "rediss", "unix", "redis+unix"], summary: summary).secret()
    }

    /// The section for the end of a catalogue.
    public static let logging = SettingsCatalogue.Section("Logging", [Self.logLevel, Self.logFormat])
}

/// For which surroundings a server stands; it chooses the policy file.
public enum ServerEnvironment: String, Sendable, CaseIterable {
    /// Development.
    case dev
    /// What is tried before production.
    case staging
    /// Production.
    case prod
}
