import Auth
import Cryptography
import HTTPCore
import HTTPTypes
import Identity
import Logging

/// An attempt on a session, from its intent to its outcome.
struct RecordedAttempt {
    private let ledger: any SessionLedger
    private let logger: Logger
    private var event: SessionEvent

    /// Records what is about to happen.
    ///
    /// - Throws: ``Problem`` with status 503 when it cannot be recorded, and then nothing may happen.
    init(
        _ action: SessionEvent.Action, of session: String?, by caller: Caller, in request: OperationRequest,
        ledger: any SessionLedger
    ) async throws {
        self.ledger = ledger
        self.logger = request.logger
        self.event = SessionEvent(
            attempt: Hex.encode(try Random.bytes(count: 16)), action: action, phase: .intent, caller: caller,
            clientAddress: request.clientAddress, requestID: request.id, session: session)
        guard await ledger.record(self.event) else {
            throw Problem(
                .serviceUnavailable, "The attempt cannot be recorded now, so it was not made", headers: [.retryAfter: "1"])
        }
    }

    /// Records that a session was opened.
    mutating func opened(_ session: AdminSession) async {
        (self.event.session, self.event.endsAt) = (session.id, session.expiresAt)
        await self.settle(.done)
    }

    /// Records what has happened; that cannot be undone, so a ledger that fails here is told of in the log.
    mutating func settle(_ phase: SessionEvent.Phase) async {
        self.event.phase = phase
        guard await !self.ledger.record(self.event) else { return }
        self.logger.error(
            "outcome of an attempt is not recorded",
            metadata: ["admin.action": "\(self.event.action.rawValue)", "admin.attempt": "\(self.event.attempt)"])
    }
}
