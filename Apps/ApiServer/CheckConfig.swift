import AppSupport
import ArgumentParser
import Settings

struct CheckConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Show every setting with its value and origin; end with status 78 if one is bad."
    )

    @Flag(name: .long, help: "Print the text of .env.example instead.")
    var example = false
    @Flag(name: .long, help: "Print the settings as Markdown tables instead.")
    var markdown = false
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        if self.example {
            print(ApiServerSettings.catalogue.renderEnvironmentExample(), terminator: "")
            print("\n## Reserved: these are not served yet and ignored, with a warning\n")
            for name in ApiServerSettings.shownReserved { print("# \(name)=") }
            return
        }
        if self.markdown {
            print(ApiServerSettings.catalogue.renderMarkdown(), terminator: "")
            return
        }
        let settings = try Program.begin(ApiServerSettings.catalogue, flags: self.database.flags)
        print(settings.renderEffective(), terminator: "")
        for warning in settings.warnings() { print("warning: \(warning)") }
        try ServerParts.checkSettings(settings)
    }
}
