public import Cryptography
public import Logging
public import Persistence
public import ServiceLifecycle
import StrictJSON
import Synchronization

/// Keeps records so that none is lost once it is acknowledged.
///
/// ```swift
/// let journal = try await Journal.open(database: database, folder: "var/audit", keyring: ring, logger: logger)
/// guard await journal.record(.intent(id, details: ["tool": "fs.read"])).isKept else { return .serviceUnavailable }
/// ```
///
/// Records that come at the same time are committed together. When the database is away, or takes longer than
/// ``JournalConfiguration/commitDeadline``, they go to a file in the folder and are brought to the database later, in order and
/// each once, also by the next process. All records of a process form one chain, in which nothing can be changed, exchanged
/// or left out unseen; ``JournalVerifier`` looks for that.
///
/// It is a service: run it in the app's group, after the database and before whatever records.
public final class Journal: Service {
    struct State {
        var waiting: [Waiting] = []
        var waitingBytes = 0
        var isStopped = false
        var hasConflict = false
        /// Request ids that were taken since the database was last seen.
        var spooledIDs: Set<AuditRequestID> = []
        /// Request ids that are known to be taken, for when the database cannot be asked.
        var knownIDs: RecentIDs
        /// Whether it is noted that earlier processes of this folder have ended.
        var hasEndedPredecessors = false
        /// Whether the events that are older than the journal are known to be in the roll.
        var hasOlderEvents = false
        /// Who hears of each answer.
        var observers: [@Sendable (AuditRecord.Kind, String) -> Void] = []
    }

    /// A record whose caller waits.
    struct Waiting: Sendable {
        let record: WaitingRecord
        let answer: CheckedContinuation<RecordAnswer, Never>
    }

    /// Names the chain that this process writes: 32 hexadecimal digits.
    public let writer: String

    let database: any Database
    let configuration: JournalConfiguration
    let keyring: SecretKeyring
    let logger: Logger
    let spool: Spool
    let seams: JournalSeams
    let state: Mutex<State>
    /// Only the loop that commits moves it.
    let end: Mutex<ChainEnd>
    private let arrivals = Signal()
    let spoolings = Signal()

    private init(
        database: any Database, configuration: JournalConfiguration, keyring: SecretKeyring, logger: Logger, spool: Spool,
        seams: JournalSeams, writer: String
    ) {
        self.database = database
        self.configuration = configuration
        self.keyring = keyring
        self.logger = logger
        self.spool = spool
        self.seams = seams
        self.writer = writer
        self.state = Mutex(State(knownIDs: RecentIDs(capacity: configuration.rememberedRequestIDs)))
        self.end = Mutex(ChainEnd(head: JournalHead(beginning: writer)))
    }

    /// Opens a journal; the database may be away.
    ///
    /// - Parameters:
    ///   - database: Where the chains `gateway` and `audit` are up to date.
    ///   - folder: Where the spool is, of this process alone; it is made (mode 0700) if need be, and survives restarts.
    ///   - keyring: The server's secrets, which attest the heads.
    ///   - configuration: Bounds and deadlines.
    ///   - logger: Hears when records go to the spool, and when somebody else writes as this process.
    /// - Throws: ``AuditError`` with code `folderInUse` or `folderUnusable`; `CryptographyError` without random bytes.
    public static func open(
        database: any Database, folder: String, keyring: SecretKeyring,
        configuration: JournalConfiguration = JournalConfiguration(), logger: Logger
    ) async throws -> Journal {
        try await self.open(
            database: database, folder: folder, keyring: keyring, configuration: configuration, logger: logger,
            seams: JournalSeams())
    }

    package static func open(
        database: any Database, folder: String, keyring: SecretKeyring, configuration: JournalConfiguration, logger: Logger,
        seams: JournalSeams
    ) async throws -> Journal {
        let writer = try seams.writer ?? Hex.encode(try Random.bytes(count: 16))
        let spool = try await Spool.open(
            SpoolFolder(path: folder), writer: writer, keyring: keyring, configuration: configuration, seams: seams)
        return Journal(
            database: database, configuration: configuration, keyring: keyring, logger: logger, spool: spool, seams: seams,
            writer: writer)
    }

    /// How the journal fares now; any thread may ask, at no cost.
    public var currentState: JournalState {
        let spool = self.spool.state
        return self.state.withLock { state in
            JournalState(
                waiting: state.waiting.count, spool: spool, hasConflict: state.hasConflict, isStopped: state.isStopped)
        }
    }

    /// Has each answer told, for metrics.
    ///
    /// - Parameter observer: Called once per record on the task that recorded, outside all locks, with the kind of the record
    ///   and `durable`, `spooled` or the raw value of a ``RefusalReason``; it must be quick.
    public func observe(_ observer: @escaping @Sendable (_ kind: AuditRecord.Kind, _ answer: String) -> Void) {
        self.state.withLock { $0.observers.append(observer) }
    }

    /// Keeps a record, and answers when it is kept or refused.
    ///
    /// It waits for ``run()``, then for the transaction in flight and its own. Cancelling the caller's task changes nothing: a
    /// record on its way may be kept, so its answer is waited for, within ``JournalConfiguration/commitDeadline`` and what
    /// the disk needs.
    ///
    /// - Returns: `durable` or `spooled` when the record is kept; `refused` when it is nowhere, so that its effect must not
    ///   happen.
    public func record(_ record: AuditRecord) async -> RecordAnswer {
        await self.record(record, openID: nil)
    }

    /// Keeps a record that may end an abandoned request.
    func record(_ record: AuditRecord, openID: AuditRequestID?) async -> RecordAnswer {
        let answer = await self.keep(record, openID: openID)
        for observer in self.state.withLock(\.observers) { observer(record.kind, answer.name) }
        return answer
    }

    private func keep(_ record: AuditRecord, openID: AuditRequestID?) async -> RecordAnswer {
        if let id = record.requestID {
            guard (1...255).contains(id.text.utf8.count), !id.text.utf8.contains(0) else {
                return .refused(.invalidRequestID)
            }
        }
        let body = record.body
        guard body.count <= self.configuration.maximumRecordBytes else { return .refused(.tooLarge) }
        let waiting = WaitingRecord(record: record, body: body, time: self.seams.now(), openID: openID)
        return await withCheckedContinuation { continuation in
            let refusal: RefusalReason? = self.state.withLock { state in
                if state.isStopped { return .stopped }
                if state.hasConflict { return .writerConflict }
                guard state.waiting.count < self.configuration.maximumWaiting,
                    state.waitingBytes + body.count <= self.configuration.maximumWaitingBytes
                else { return .overloaded }
                state.waiting.append(Waiting(record: waiting, answer: continuation))
                state.waitingBytes += body.count
                return nil
            }
            if let refusal {
                continuation.resume(returning: .refused(refusal))
            } else {
                self.arrivals.fire()
            }
        }
    }

    /// Commits what is recorded until the group shuts down; then answers all that wait, and tries once more to empty the spool.
    ///
    /// Called once, by the service group; when it returns, another journal may have the folder. Cancelling it ends it too: what waits then goes to the spool.
    public func run() async {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.drain() }
                group.addTask { await self.keepLease() }
                group.addTask { await self.keepOlderEvents() }
                for await _ in self.arrivals { await self.commitWaiting() }
                self.state.withLock { $0.isStopped = true }
                await self.commitWaiting()
                group.cancelAll()
            }
            _ = await self.emptySpool()
            await self.giveUpLease()
            await self.spool.close()
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Ends ``run()`` as a shutdown of the group does.
    package func stop() {
        self.arrivals.end()
    }

    private func commitWaiting() async {
        while true {
            // Callers who were answered just now and go on at once get into this batch, and not into the one after a small one.
            await Task.yield()
            guard let batch = self.nextBatch() else { return }
            await self.commit(batch)
        }
    }

    private func nextBatch() -> [Waiting]? {
        self.state.withLock { state in
            var count = 0
            var bytes = 0
            for waiting in state.waiting.prefix(max(self.configuration.maximumBatch, 1)) {
                if count > 0, bytes + waiting.record.body.count > self.configuration.maximumBatchBytes { break }
                count += 1
                bytes += waiting.record.body.count
            }
            guard count > 0 else { return nil }
            defer {
                state.waiting.removeFirst(count)
                state.waitingBytes -= bytes
            }
            return Array(state.waiting.prefix(count))
        }
    }
}
