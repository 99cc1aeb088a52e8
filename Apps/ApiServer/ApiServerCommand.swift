import AppSupport
import ArgumentParser
import DocumentText
import Foundation
import Settings

@main
enum ApiServer {
    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        // What reads a document confines itself first, while there are no threads and no open files yet.
        if words.first == "extract" { exit(ExtractionChild.run(arguments: words.dropFirst())) }
        await ApiServerCommand.main()
    }
}

/// The program `api-server`; its further command `extract` is for the server alone, which reads each document by it.
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
