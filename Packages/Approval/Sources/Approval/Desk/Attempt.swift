import Cryptography
import Logging
import Persistence
import Synchronization

/// One attempt, from its intent to its outcome.
struct Attempt: Sendable {
    let id: String
    let action: ApprovalEvent.Action
    let requestID: String?
    let actor: ApprovalParty?
    var handle: ApprovalHandle?
    var approvedRequestID: String?
    var scope: ApprovalScope?
    var server: String?
    var tool: String?
    /// Where it is noted whether the outcome is recorded.
    let receipt: ApprovalReceipt?
    /// How many refusals before this one are not on record.
    var unrecorded = 0

    /// An attempt on what was presented as `handle`, if that can be one.
    init(
        _ action: ApprovalEvent.Action, on handle: ApprovalHandle?, by actor: ApprovalParty?, requestID: String?,
        receipt: ApprovalReceipt? = nil
    ) throws(CryptographyError) {
        self.id = Hex.encode(try Random.bytes(count: 16))
        self.action = action
        self.actor = actor
        self.requestID = requestID
        self.handle = handle
        self.receipt = receipt
    }

    /// Notes which request was found.
    mutating func name(_ request: ApprovalRequest) {
        self.handle = request.handle
        self.approvedRequestID = request.requestID
        self.scope = request.scope
        self.server = request.server
        self.tool = request.tool
    }

    func event(_ phase: ApprovalEvent.Phase, at time: Timestamp) -> ApprovalEvent {
        ApprovalEvent(
            attempt: self.id, action: self.action, phase: phase, requestID: self.requestID, actor: self.actor,
            handle: self.handle, approvedRequestID: self.approvedRequestID, scope: self.scope, server: self.server,
            tool: self.tool, unrecorded: self.unrecorded, time: time)
    }
}

/// What a transaction has done.
enum Effect<Value: Sendable>: Sendable {
    /// It changed something, and the request is now at a stage.
    case done(Value, ApprovalStatus)
    /// It changed nothing.
    case refused(ApprovalRefusal)
}

extension ApprovalDesk {
    /// Runs a transaction between the records of its intent and of its outcome.
    ///
    /// What is cached of the request is removed before the transaction, so that nobody reads an older stage once a decision is
    /// answered; and nothing is put back on reading. When it cannot be removed, the transaction that changes the request notes so.
    ///
    /// - Parameters:
    ///   - attempt: What is recorded.
    ///   - request: What is removed from the cache.
    ///   - isOneStatement: Whether all that the change rests on and does is one statement, which needs no transaction around it.
    ///   - body: The work on the table.
    /// - Throws: ``ApprovalError`` with code `unrecorded` when the intent is not kept, before any effect; what the transaction
    ///   throws.
    func perform<Value: Sendable>(
        _ attempt: Attempt, forgetting request: ApprovalRequest?, isOneStatement: Bool = false,
        _ body: @escaping @Sendable (ApprovalTable) throws -> Effect<Value>
    ) async throws -> Effect<Value> {
        try await self.announce(attempt)
        var debts: [CacheDebt] = []
        if let request, let debt = await self.cache?.forget(request, at: self.now()) { debts.append(debt) }
        let owed = debts
        defer { self.cache?.finish(owed) }
        let effect: Effect<Value>
        do {
            let work: @Sendable (any DatabaseConnection) throws -> Effect<Value> = { connection in
                let effect = try body(ApprovalTable(connection))
                if case .done = effect { for debt in owed { try connection.execute(debt.insert) } }
                return effect
            }
            effect =
                if isOneStatement {
                    try await self.database.write(work)
                } else {
                    try await self.database.transaction(isolation: .readCommitted, retries: 5, work)
                }
        } catch {
            await self.settle(attempt, .failed)
            throw error
        }
        switch effect {
        case .done(_, let status): await self.settle(attempt, .done(status))
        case .refused(let refusal): await self.settle(attempt, .refused(refusal))
        }
        return effect
    }

    /// Records what is about to happen.
    func announce(_ attempt: Attempt) async throws(ApprovalError) {
        guard await self.ledger.record(attempt.event(.intent, at: self.now())) else {
            self.metrics?.recordUnrecorded()
            throw ApprovalError(.unrecorded, message: "The attempt cannot be recorded now, so it was not made")
        }
    }

    /// Records what has happened; that cannot be undone, so a ledger that fails here is told of in the log.
    ///
    /// - Returns: Whether it is recorded.
    @discardableResult
    func settle(_ attempt: Attempt, _ phase: ApprovalEvent.Phase) async -> Bool {
        self.metrics?.record(attempt.action, phase)
        let isRecorded = await self.ledger.record(attempt.event(phase, at: self.now()))
        attempt.receipt?.note(isRecorded: isRecorded)
        guard isRecorded else {
            self.metrics?.recordUnrecorded()
            self.logger.error(
                "outcome of an attempt is not recorded",
                metadata: ["approval.action": "\(attempt.action.rawValue)", "approval.attempt": "\(attempt.id)"])
            return false
        }
        return true
    }

    /// Runs what an attempt has to ask before it begins; when that gives no answer, the attempt has failed.
    func asking<Value: Sendable>(for attempt: Attempt, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            await self.settle(attempt, .failed)
            throw error
        }
    }

    /// Records an attempt that has no effect; one on what does not exist, as far as the allowance goes.
    func refuse(_ attempt: Attempt, _ refusal: ApprovalRefusal) async -> ApprovalRefusal {
        guard refusal == .unknown else {
            await self.settle(attempt, .refused(refusal))
            return refusal
        }
        guard let unrecorded = self.allowance.withLock({ $0.take(for: attempt.actor, at: self.now()) }) else {
            self.metrics?.record(attempt.action, .refused(refusal))
            self.metrics?.recordOverAllowance()
            return refusal
        }
        var attempt = attempt
        attempt.unrecorded = unrecorded
        if await !self.settle(attempt, .refused(refusal)) {
            self.allowance.withLock { allowance in
                allowance.miss(1)
                allowance.miss(unrecorded)
            }
        }
        return refusal
    }
}
