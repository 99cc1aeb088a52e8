import AppSupport
import ArgumentParser
import Foundation
import Policy
import Settings

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Check the rules by which calls of tools are judged.",
        subcommands: [CheckPolicy.self])
}

struct CheckPolicy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read a policy file with all that it extends, and name each fault with its line.",
        discussion: "Status 1: there are faults. A server would not start with them.")

    @Argument(help: "The file, such as policies/default.yaml.")
    var file: String

    func run() async throws {
        let url = URL(filePath: self.file)
        let folder = url.deletingLastPathComponent().path(percentEncoded: false)
        do throws(PolicyError) {
            let policy = try PolicyLoader(PolicyFolder(path: folder)).load(url.lastPathComponent)
            Program.say("\(self.file): no fault; \(policy.ruleCount) rules, revision \(policy.revision)")
        } catch {
            for problem in error.problems { Program.remark("\(problem)") }
            throw ExitCode(1)
        }
    }
}
