import AppSupport
import ArgumentParser
import Audit
import Cryptography
import Foundation
import Persistence
import Settings

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify, export, archive and rebuild what the audit journal holds.",
        discussion: "Status 1: something was changed or is missing, or the work could not be done.",
        subcommands: [VerifyAudit.self, ExportAudit.self, ArchiveAudit.self, RebuildAudit.self]
    )

    /// Opens the database, which must be at the newest schema, lends what the commands do, prints what came of it, and closes.
    ///
    /// - Parameters:
    ///   - summary: Where what came of it is printed.
    ///   - body: Gets the commands, and where the servers' journals have their files.
    /// - Throws: `ExitCode`, after a line on standard error if the work could not be done.
    static func run(
        _ options: DatabaseOptions, summary: Summary = .standardOutput,
        _ body: (AuditCommands, AuditFolders) async throws -> AuditCommands.Outcome
    ) async throws {
        let settings = try Program.begin(ApiServerSettings.catalogue, flags: options.flags)
        let place = ServerDatabase(url: try ServerDatabase.url(settings), settings: settings, program: "audit")
        try place.checkSecret()
        // A file that is not there would be made, and have no fault.
        if case .sqliteFile(let path) = place.url.location, !FileManager.default.fileExists(atPath: path) {
            throw Program.fail("audit: there is no database at \(place.url)")
        }
        let outcome = try await place.translatingErrors {
            let database = try await place.open(migrates: false) { _ in }
            do {
                let keyring = try ServerKeyring.load(settings, database: place.url)
                let commands = AuditCommands(database: database, keyring: keyring)
                let outcome = try await body(commands, try AuditFolders(settings, database: place.url))
                await database.close()
                return outcome
            } catch {
                await database.close()
                throw error
            }
        }
        try self.say(outcome, on: summary)
    }

    /// Where a summary is printed.
    enum Summary {
        case standardOutput
        case standardError
    }

    /// Prints what a command found, and ends with its status.
    static func say(_ outcome: AuditCommands.Outcome, on summary: Summary = .standardOutput) throws {
        for line in outcome.lines {
            switch summary {
            case .standardOutput: Program.say(line)
            case .standardError: Program.remark(line)
            }
        }
        if outcome.exitCode != 0 { throw ExitCode(outcome.exitCode) }
    }

    /// Reads an instant from the command line.
    ///
    /// - Parameter option: The option's name, for the message.
    static func instant(_ text: String?, _ option: String) throws -> Timestamp? {
        guard let text else { return nil }
        guard let instant = Timestamp(rfc3339: text) else {
            throw ValidationError("\(option): \"\(text)\" is no instant; allowed: RFC 3339, such as 2026-11-20T00:00:00Z")
        }
        return instant
    }
}

struct VerifyAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Look for records that are missing, changed, exchanged or cut off.",
        discussion: """
            Without an argument the database is read together with the folders of the servers here (AUDIT_FOLDER). Each fault is a line, \
            KIND: PLACE, with one of gap, reordered, changed, truncated, unreadable, forked, added.
            """)

    @Argument(help: "A file that audit export or audit archive wrote; it is read instead, and no database is needed.")
    var file: String?
    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        guard let file = self.file else {
            return try await AuditCommand.run(self.database) { commands, folders in
                var outcome: AuditCommands.Outcome?
                // Each time with another server's files; the first fault is enough to look at.
                for folder in folders.existing where outcome?.exitCode ?? 0 == 0 {
                    outcome = try await commands.verify(folder: folder)
                }
                if let outcome { return outcome }
                return try await commands.verify()
            }
        }
        let settings = try Program.begin(ApiServerSettings.catalogue, flags: self.database.flags)
        let place = ServerDatabase(url: try ServerDatabase.url(settings), settings: settings, program: "audit")
        try place.checkSecret()
        let outcome = try await place.translatingErrors {
            try AuditCommands.verifyExport(file, keyring: ServerKeyring.load(settings, database: place.url, isMade: false))
        }
        try AuditCommand.say(outcome)
    }
}

struct RebuildAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Make the table audit_events anew from the journal.",
        discussion: "Servers may run; rows older than the journal stay.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        try await AuditCommand.run(self.database) { commands, _ in try await commands.rebuild() }
    }
}
