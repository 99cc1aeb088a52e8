import AppSupport
import ArgumentParser
import Settings

/// The program `api-server`.
@main
struct ApiServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-server",
        abstract: "Guards APIs and tools: keys, limits, rules, approvals, an audit trail, and a shared knowledge base.",
        discussion: """
            Settings come from flags, the environment, a .env file in the working directory, or their defaults:

            \(ApiServerSettings.catalogue.renderHelp())
            """,
        version: Gatehouse.version,
        subcommands: [
            Serve.self, Keys.self, Moderators.self, AuditCommand.self, PolicyCommand.self, OpenAPI.self, CheckConfig.self,
        ],
        defaultSubcommand: Serve.self
    )
}

/// The flag that every command takes.
struct DatabaseOptions: ParsableArguments {
    @Option(name: .long, help: "Where the data is (setting DATABASE_URL).")
    var databaseURL: String?

    /// The flags by the names of their settings.
    var flags: [String: String?] { ["DATABASE_URL": self.databaseURL] }
}
