import AppSupport
import ArgumentParser
import Audit
import Persistence

struct ExportAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write records as lines of JSON that can be verified elsewhere.",
        discussion: "Summaries go to standard error, so that standard output holds nothing but the export.")

    @Option(name: .long, help: "jsonl: the journal itself; ocsf: events as OCSF API Activity for other tools.")
    var format = Format.jsonl
    @Option(name: .long, help: "The first instant, such as 2026-11-20T00:00:00Z.")
    var since: String?
    @Option(name: .long, help: "The instant behind the last one.")
    var until: String?
    @Option(name: .long, help: "A new file that is written whole or not at all, instead of standard output.")
    var output: String?
    @OptionGroup var database: DatabaseOptions

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case jsonl
        case ocsf

        fileprivate var format: AuditCommands.Format {
            switch self {
            case .jsonl: .jsonl
            case .ocsf: .ocsf
            }
        }
    }

    func validate() throws {
        let since = try AuditCommand.instant(self.since, "--since")
        let until = try AuditCommand.instant(self.until, "--until")
        guard let since, let until, until <= since else { return }
        throw ValidationError("--until: \(until.rfc3339) is not after --since \(since.rfc3339)")
    }

    func run() async throws {
        let since = try AuditCommand.instant(self.since, "--since")
        let until = try AuditCommand.instant(self.until, "--until")
        try await AuditCommand.run(self.database, summary: .standardError) { commands, _ in
            if let path = self.output {
                return try await commands.export(self.format.format, since: since, until: until, toFile: path)
            }
            return try await commands.export(self.format.format, since: since, until: until) { line in
                try Program.output(line)
            }
        }
    }
}

struct ArchiveAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Move old records into files, and drop them once the files are known to be whole.",
        discussion: "Keep the files: nothing else has these records afterwards. audit verify FILE checks one.")

    @Option(name: .long, help: "Records that were made before this instant, such as 2026-11-20T00:00:00Z.")
    var before: String
    @Option(name: .long, help: "Where the files go; the same folder for each run.")
    var folder = "var/audit-archive"
    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard let instant = try AuditCommand.instant(self.before, "--before"), instant > .now() else { return }
        throw ValidationError("--before: \(self.before) has not come yet; allowed: an instant that has passed")
    }

    func run() async throws {
        guard let instant = try AuditCommand.instant(self.before, "--before") else { return }
        try await AuditCommand.run(self.database) { commands, _ in
            try await commands.archive(before: instant, to: self.folder)
        }
    }
}
