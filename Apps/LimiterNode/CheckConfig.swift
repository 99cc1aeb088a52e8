import AppSupport
import ArgumentParser
import Settings

struct CheckConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Show every setting with its value and origin; end with status 78 if one is bad."
    )

    @Flag(name: .long, help: "Print the settings as Markdown tables instead.")
    var markdown = false

    func run() async throws {
        if self.markdown {
            print(LimiterNodeSettings.catalogue.renderMarkdown(), terminator: "")
            return
        }
        let settings = try Program.begin(LimiterNodeSettings.catalogue, flags: [:])
        print(settings.renderEffective(), terminator: "")
        for warning in settings.warnings() { print("warning: \(warning)") }
    }
}
