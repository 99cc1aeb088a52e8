import AppSupport
import ArgumentParser
import Settings

/// The program `migrator`.
@main
struct MigratorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrator",
        abstract: "Brings the database's schema forward and back.",
        discussion: """
            Settings come from flags, the environment, a .env file in the working directory, or their defaults:

            \(MigratorSettings.catalogue.renderHelp())
            """,
        version: Gatehouse.version,
        subcommands: [Upgrade.self, Downgrade.self, Current.self, History.self, Check.self, Stamp.self, Seed.self]
    )
}

/// The settings of `migrator`.
enum MigratorSettings {
    static let databaseURL = CommonSettings.databaseURL.flag("--database-url")
    static let connectTimeout = CommonSettings.databaseConnectTimeout
    static let lockTimeout = Setting<Duration>.duration(
        "DATABASE_LOCK_TIMEOUT_SECONDS", in: 1...3_600, default: 30,
        summary: "How long a change waits for a table of PostgreSQL that somebody uses, and others behind it")
    static let catalogue = SettingsCatalogue([
        SettingsCatalogue.Section("Database", [Self.databaseURL, Self.connectTimeout, Self.lockTimeout]),
        SettingsCatalogue.Section("Tools", [CommonSettings.policyFolder]),
        CommonSettings.logging,
    ])
}

/// The flags that every command takes.
struct DatabaseOptions: ParsableArguments {
    @Option(name: .long, help: "Where the data is (setting DATABASE_URL).")
    var databaseURL: String?
}
