import AppSupport
import ArgumentParser
import Settings

/// The program `limiter-node`.
@main
struct LimiterNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limiter-node",
        abstract: "Answers \"may this key go on?\" for any program, alone or as one of a fleet.",
        discussion: """
            Settings come from flags, the environment, a .env file in the working directory, or their defaults:

            \(LimiterNodeSettings.catalogue.renderHelp())
            """,
        version: Gatehouse.version,
        subcommands: [Serve.self, CheckConfig.self],
        defaultSubcommand: Serve.self
    )
}
