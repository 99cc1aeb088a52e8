import RateLimit
import Settings

/// The settings of the operations console.
enum ConsoleSettings {
    static let authLimit = Setting<ConfiguredLimit>.shownLimit(
        "RATE_LIMIT_AUTH_ENDPOINTS", default: "10/minute", summary: "Requests of a caller about deposited credentials")
    static let executionLimit = Setting<ConfiguredLimit>.shownLimit(
        "RATE_LIMIT_EXECUTION_ENDPOINTS", default: "5/minute", summary: "Executions of tools by a caller of the console")
    static let readLimit = Setting<ConfiguredLimit>.shownLimit(
        "RATE_LIMIT_READ_ENDPOINTS", default: "100/minute", summary: "Looks of a caller of the console at tools")

    static let credentialsLifetime = Setting<Duration>.duration(
        "CREDENTIALS_TTL_SECONDS", in: 60...2_592_000, default: 43_200, summary: "How long deposited credentials are kept")

    static let healthCheckEnabled = Setting.bool(
        "TOOL_HEALTH_CHECK_ENABLED", default: true, summary: "Whether the built-in tool health_check may run")
    static let diskCleanupEnabled = Setting.bool(
        "TOOL_DISK_CLEANUP_ENABLED", default: true, summary: "Whether the built-in tool disk_cleanup may run")
    static let logCollectorEnabled = Setting.bool(
        "TOOL_LOG_COLLECTOR_ENABLED", default: false, summary: "Whether the built-in tool log_collector may run")
    static let cleanupFolders = Setting<[String]>.list(
        "CLEANUP_FOLDERS", allowed: "paths parted by commas", default: [],
        summary: "Folders in which disk_cleanup looks for files named gatehouse-*; unset: tmp beside the SQLite file"
    ) { !$0.isEmpty }
    static let cleanupHours = Setting.integer(
        "CLEANUP_AGE_HOURS", in: 1...8_760, default: 24, summary: "Hours after which disk_cleanup removes such a file")

    static let section = SettingsCatalogue.Section(
        "Operations console",
        [
            Self.authLimit, Self.executionLimit, Self.readLimit, Self.credentialsLifetime, Self.healthCheckEnabled,
            Self.diskCleanupEnabled, Self.logCollectorEnabled, Self.cleanupFolders, Self.cleanupHours,
        ])
}
