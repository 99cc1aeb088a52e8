import AppSupport
import ArgumentParser
import Audit
import Foundation
import Logging
import Persistence
import ServiceLifecycle
import Settings

/// Where the spools and the heads of journals are: a folder for each server that runs in the same place at the same time, `audit`,
/// `audit-2` and so on.
struct AuditFolders: Sendable {
    private static let most = 16

    private let base: String

    /// The folder as set, else `audit` beside a SQLite file, else `var/audit`.
    init(_ settings: SettingsReader, database: DatabaseURL) throws {
        self.base = try settings.value(of: ApiServerSettings.auditFolder) ?? database.place(named: "audit")
    }

    private var paths: [String] { [self.base] + (2...Self.most).map { "\(self.base)-\($0)" } }

    /// The folders that are there.
    var existing: [String] { self.paths.filter { FileManager.default.fileExists(atPath: $0) } }

    /// Opens a journal in the first folder that no other process uses.
    ///
    /// - Throws: `ExitCode` after a line on standard error when there is none.
    func first(_ open: (String) async throws -> Journal) async throws -> (Journal, String) {
        do {
            for path in self.paths.dropLast() {
                do {
                    return (try await open(path), path)
                } catch let error as AuditError where error.code == .folderInUse {
                    continue
                }
            }
            let last = self.paths[self.paths.count - 1]
            return (try await open(last), last)
        } catch let error as AuditError {
            throw Program.fail("AUDIT_FOLDER: \(error.message)")
        }
    }
}

/// Brings the records that an ended server left in its folder to the database, while no server uses that folder.
struct LeftSpools: Service {
    private static let pause = Duration.seconds(10)

    let folders: AuditFolders
    let own: String
    let logger: Logger
    let open: @Sendable (String) async throws -> Journal

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    for folder in self.folders.existing where folder != self.own { try await self.empty(folder) }
                    try await Task.sleep(for: Self.pause)
                }
            }
        } catch is CancellationError {
            // The group shuts down; what is left is safe where it is.
        }
    }

    private func empty(_ folder: String) async throws {
        let journal: Journal
        do {
            // Opening a journal enters a writer in the database, so only where something waits.
            guard try Self.holdsRecords(folder) else { return }
            journal = try await self.open(folder)
        } catch let error as AuditError where error.code == .folderInUse {
            return
        } catch {
            self.logger.warning(
                "audit records that a server left cannot be read", metadata: ["error": .string(String(reflecting: error))])
            return
        }
        let depth = journal.currentState.spool.depth
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await journal.run() }
            defer { group.cancelAll() }
            while journal.currentState.spool.depth > 0 { try await Task.sleep(for: .milliseconds(100)) }
        }
        guard depth > 0 else { return }
        self.logger.notice("audit records that a server left are in the database", metadata: ["count": "\(depth)"])
    }

    private static func holdsRecords(_ folder: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
            guard name.hasSuffix(".spool") else { return false }
            do {
                return try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.size] as? Int ?? 0 > 0
            } catch CocoaError.fileReadNoSuchFile {
                // Another server has emptied it just now.
                return false
            }
        }
    }
}
