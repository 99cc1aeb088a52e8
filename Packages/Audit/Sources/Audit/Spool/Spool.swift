import Cryptography
import Dispatch
import Persistence
import Synchronization

/// The records that wait in files for the database: those of this process, and what earlier ones left.
///
/// All work on files is done by a queue of its own, one after the other, so that no caller's thread waits for the disk.
final class Spool: Sendable {
    private let work: Mutex<SpoolFiles>
    private let queue = DispatchQueue(label: "gatehouse.audit.spool")
    private let summary: Mutex<(state: SpoolState, ownDepth: Int)>

    /// Opens the folder, and counts what earlier processes left.
    ///
    /// - Throws: ``AuditError`` with code `folderInUse` or `folderUnusable`.
    static func open(
        _ folder: SpoolFolder, writer: String, keyring: SecretKeyring, configuration: JournalConfiguration, seams: JournalSeams
    ) async throws -> Spool {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result {
                        Spool(
                            try SpoolFiles(
                                folder, writer: writer, keyring: keyring, configuration: configuration, seams: seams))
                    })
            }
        }
    }

    private init(_ files: SpoolFiles) {
        self.summary = Mutex((files.state, files.ownDepth))
        self.work = Mutex(files)
    }

    /// What stands in the files.
    var state: SpoolState { self.summary.withLock { $0.state } }

    /// How many records of this process the database does not have; while there are some, no other may overtake them.
    var ownDepth: Int { self.summary.withLock { $0.ownDepth } }

    /// Notes why records could not be brought to the database, or that they could.
    func note(failure: String?) async {
        await self.perform { $0.lastFailure = failure }
    }

    /// Puts records of this process behind the others; they are on the disk when this returns.
    ///
    /// - Returns: Why nothing of them is kept, or nil.
    func append(_ entries: [JournalEntry]) async -> RefusalReason? {
        await self.perform { $0.append(entries) }
    }

    /// Notes the newest record of this process beside the spool.
    func store(_ head: JournalHead) async {
        await self.perform { $0.store(head) }
    }

    /// Brings the newest head to the disk, if it is not there yet.
    func synchronizeHead() async {
        await self.perform { $0.synchronizeHead() }
    }

    /// Earlier writers of this folder.
    func predecessors() async -> [String] {
        await self.perform { $0.predecessors }
    }

    /// The oldest records, all of one writer; nil when there are none.
    ///
    /// - Throws: ``SystemFailure`` when a file cannot be read.
    func nextPart() async throws -> SpoolPart? {
        try await self.perform { files in Result { try files.nextPart() } }.get()
    }

    /// Forgets records that the database has.
    func forget(_ part: SpoolPart) async {
        await self.perform { $0.forget(part) }
    }

    /// Puts a file aside whose records contradict the database.
    func putAside(_ part: SpoolPart) async {
        await self.perform { $0.putAside(part) }
    }

    /// Lets another process have the folder.
    func close() async {
        await self.perform { $0.close() }
    }

    private func perform<Value: Sendable>(_ body: @escaping @Sendable (inout SpoolFiles) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            self.queue.async {
                // Nobody else takes this lock; it only shows that the files are changed by one at a time.
                let value = self.work.withLock { files in
                    let value = body(&files)
                    self.summary.withLock { $0 = (files.state, files.ownDepth) }
                    return value
                }
                continuation.resume(returning: value)
            }
        }
    }
}

/// Some records of one file, in order.
struct SpoolPart: Sendable {
    let writer: String
    let entries: [JournalEntry]
    /// Where the file goes on.
    let end: Int
    /// Whether nothing follows.
    let isLast: Bool
}
