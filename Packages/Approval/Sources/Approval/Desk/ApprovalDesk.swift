public import Cryptography
public import Logging
public import Persistence
import Synchronization

/// Asks people for a yes, and sees to it that each yes is spent at most once, on exactly what was approved.
///
/// ```swift
/// switch try await desk.issue(draft) {
/// case .issued(let issued): …  // tell the caller issued.token, once
/// case .refused(let reason): …
/// }
/// ```
///
/// Any number of desks, in any number of processes, work on one database: each change is one statement with all its conditions,
/// so of several attempts one wins, and the others are told why they did not. The clock is that of the server: a step back does
/// not revive what was found expired, as that is written down when it is found.
public final class ApprovalDesk: Sendable {
    let database: any Database
    let keyring: SecretKeyring
    let ledger: any ApprovalLedger
    let directory: any ApproverDirectory
    let outbox: (any ApprovalOutbox)?
    let notifier: any ApprovalNotifier
    let cache: CacheGuard?
    let metrics: ApprovalMetrics?
    let configuration: ApprovalConfiguration
    let logger: Logger
    let now: @Sendable () -> Timestamp
    let allowance = Mutex(RefusalAllowance(perCaller: 60, overall: 1_000))
    /// Rows that were told of as unreadable.
    let unreadable = Mutex<Set<Int64>>([])

    /// Creates a desk; nothing is started.
    ///
    /// - Parameters:
    ///   - database: Where the chains `gateway` and `approval` are up to date.
    ///   - keyring: The server's secrets, which seal arguments and key digests and cursors.
    ///   - ledger: Keeps a record of every attempt.
    ///   - directory: Knows who may decide.
    ///   - outbox: Writes messages within the transactions; none when nil.
    ///   - notifier: Tells people afterwards; a ``LogNotifier`` when nil.
    ///   - cache: Keeps what is pending where reading is quick; none when nil.
    ///   - metrics: Counts; nothing is counted when nil.
    ///   - configuration: Bounds and times.
    ///   - logger: Hears of what fails without stopping an attempt.
    public convenience init(
        database: any Database, keyring: SecretKeyring, ledger: any ApprovalLedger, directory: any ApproverDirectory,
        outbox: (any ApprovalOutbox)? = nil, notifier: (any ApprovalNotifier)? = nil, cache: (any ApprovalCache)? = nil,
        metrics: ApprovalMetrics? = nil, configuration: ApprovalConfiguration = ApprovalConfiguration(), logger: Logger
    ) {
        self.init(
            database: database, keyring: keyring, ledger: ledger, directory: directory, outbox: outbox, notifier: notifier,
            cache: cache, metrics: metrics, configuration: configuration, logger: logger, now: { Timestamp.now() })
    }

    package init(
        database: any Database, keyring: SecretKeyring, ledger: any ApprovalLedger, directory: any ApproverDirectory,
        outbox: (any ApprovalOutbox)?, notifier: (any ApprovalNotifier)?, cache: (any ApprovalCache)?,
        metrics: ApprovalMetrics?, configuration: ApprovalConfiguration, logger: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        self.database = database
        self.keyring = keyring
        self.ledger = ledger
        self.directory = directory
        self.outbox = outbox
        self.notifier = notifier ?? LogNotifier(logger: logger)
        self.cache = cache.map { CacheGuard($0, metrics: metrics, logger: logger) }
        self.metrics = metrics
        self.configuration = configuration
        self.logger = logger
        self.now = now
    }

    /// The request under a name, as the table has it; nil when there is none in the organisation.
    func stored(_ reference: ApprovalReference) async throws -> StoredApproval? {
        let rows = try await self.database.query(ApprovalTable.find(reference)).map { try StoredApproval($0) }
        return reference.handles.lazy.compactMap { handle in rows.first { $0.request.handle == handle } }.first
    }

    /// The request of a handle with its votes, the oldest first.
    func storedWithVotes(_ handle: ApprovalHandle) async throws -> (StoredApproval, [ApprovalVote])? {
        let rows = try await self.rowsForUse(ApprovalTable.findWithVotes(handle))
        guard let first = rows.first else { return nil }
        let votes = try rows.filter { $0["verdict"]?.isNull == false }.map { try ApprovalVote($0) }
        return (try StoredApproval(first), votes.sorted { $0.precedes($1) })
    }

    /// Asks for what is going to be changed next.
    ///
    /// A session of PostgreSQL has to be told each time that it goes over from reading to writing, which takes longer than the
    /// reading itself, so the question is asked as a writer asks it. Only a reader's is asked once more when the connection is lost.
    private func rowsForUse(_ sql: SQL) async throws -> [Row] {
        guard self.database.dialect == .postgres else { return try await self.database.query(sql) }
        do {
            return try await self.database.write { try $0.query(sql) }
        } catch let error as PersistenceError where error.code == .outcomeUnknown || error.code == .unavailable {
            return try await self.database.query(sql)
        }
    }

    func notice(_ kind: ApprovalNotice.Kind, _ request: ApprovalRequest) -> ApprovalNotice {
        ApprovalNotice(
            kind: kind, handle: request.handle, link: self.configuration.linkPrefix.map { $0 + request.handle.text },
            requestID: request.requestID, callerID: request.requester.id, organisation: request.requester.organisation,
            scope: request.scope, server: request.server, tool: request.tool, riskLabels: request.riskLabels,
            status: request.status, approverID: request.approverID, expiresAt: request.expiresAt)
    }
}
