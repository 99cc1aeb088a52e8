import Cryptography
import Logging
import Persistence

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

    /// An attempt on what was presented as `handle`, if that can be one.
    init(
        _ action: ApprovalEvent.Action, on handle: ApprovalHandle?, by actor: ApprovalParty?, requestID: String?
    ) throws(CryptographyError) {
        self.id = Hex.encode(try Random.bytes(count: 16))
        self.action = action
        self.actor = actor
        self.requestID = requestID
        self.handle = handle
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
            tool: self.tool, time: time)
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
    /// answered; and nothing is put back on reading.
    ///
    /// - Parameters:
    ///   - attempt: What is recorded.
    ///   - request: What is removed from the cache.
    ///   - isOneStatement: Whether all that changes anything is one statement, which needs no transaction around it.
    ///   - body: The work on the table.
    /// - Throws: ``ApprovalError`` with code `unrecorded` when the intent is not kept, before any effect; what the transaction
    ///   throws.
    func perform<Value: Sendable>(
        _ attempt: Attempt, forgetting request: ApprovalRequest?, isOneStatement: Bool = false,
        _ body: @escaping @Sendable (ApprovalTable) throws -> Effect<Value>
    ) async throws -> Effect<Value> {
        try await self.announce(attempt)
        if let request { await self.cache?.forget(request, at: self.now()) }
        let effect: Effect<Value>
        do {
            if isOneStatement {
                effect = try await self.database.write { try body(ApprovalTable($0)) }
            } else {
                effect = try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
                    try body(ApprovalTable(connection))
                }
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
    func settle(_ attempt: Attempt, _ phase: ApprovalEvent.Phase) async {
        self.metrics?.record(attempt.action, phase)
        guard await self.ledger.record(attempt.event(phase, at: self.now())) else {
            self.metrics?.recordUnrecorded()
            self.logger.error(
                "outcome of an attempt is not recorded",
                metadata: ["approval.action": "\(attempt.action.rawValue)", "approval.attempt": "\(attempt.id)"])
            return
        }
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

    /// Records an attempt that has no effect.
    func refuse(_ attempt: Attempt, _ refusal: ApprovalRefusal) async -> ApprovalRefusal {
        await self.settle(attempt, .refused(refusal))
        return refusal
    }
}
