import Outbound
import Persistence
import StandardWebhooks

/// What the dispatcher tells the tables after an attempt.
///
/// Who locks an endpoint and a delivery locks the endpoint first, and a claim locks deliveries alone, so no two transactions wait for
/// each other.
struct OutcomeTable {
    /// The claim ended before its outcome was known, and the delivery is somebody else's now, or gone.
    struct ClaimLost: Error {}

    /// What an outcome has led to.
    struct Consequence: Sendable {
        var outcome: WebhookMetrics.Outcome?
        var disabled: WebhookEndpoint.DisabledReason?
    }

    let configuration: WebhookConfiguration

    /// Keeps an outcome, and decides what follows.
    ///
    /// - Throws: ``ClaimLost``; `PersistenceError`.
    func record(
        _ outcome: AttemptOutcome, of claim: Claim, at now: Timestamp, jitter: Double, in connection: any DatabaseConnection
    ) throws -> Consequence {
        if outcome == .notSent {
            try self.release(claim, at: now, in: connection)
            return Consequence()
        }
        switch outcome.verdict {
        case .delivered:
            try connection.execute(
                """
                UPDATE webhook_endpoints SET failing_since = NULL, paused_until = NULL
                WHERE id = \(claim.endpointID) AND disabled_at IS NULL AND (failing_since IS NOT NULL OR paused_until IS NOT NULL)
                """)
            try self.finish(claim, "delivered", outcome, at: now, in: connection)
            return Consequence(outcome: .delivered)
        case .gone:
            try self.lockEndpoint(claim, in: connection)
            try self.finish(claim, "failed", outcome, at: now, in: connection)
            let isNew = try self.disable(claim.endpointID, .gone, at: now, in: connection)
            return Consequence(outcome: .gone, disabled: isNew ? .gone : nil)
        case .throttled, .failed:
            return try self.recordFailure(outcome, of: claim, at: now, jitter: jitter, in: connection)
        }
    }

    private func recordFailure(
        _ outcome: AttemptOutcome, of claim: Claim, at now: Timestamp, jitter: Double, in connection: any DatabaseConnection
    ) throws -> Consequence {
        let until = outcome.rest(self.configuration).map { now.advanced(by: $0) }
        let endpoint = try connection.queryOne(
            """
            UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, \(now)), paused_until = coalesce(\(until), paused_until)
            WHERE id = \(claim.endpointID) RETURNING failing_since
            """)
        guard let endpoint else { throw ClaimLost() }
        var consequence = Consequence()
        if let pause = self.configuration.schedule.pause(afterFailures: claim.attempt, jitter: jitter) {
            let due = max(now.advanced(by: pause), until ?? now)
            try self.expectOne(
                connection.execute(
                    """
                    UPDATE webhook_deliveries
                    SET claim = NULL, due_at = \(due), last_status = \(outcome.status), last_error = \(outcome.error),
                        last_attempt_at = \(now)
                    WHERE id = \(claim.deliveryID) AND claim = \(claim.token) AND status = 'pending'
                    """))
            consequence.outcome = outcome.verdict == .throttled ? .throttled : outcome.isRefusal ? .refused : .failed
        } else {
            try self.finish(claim, "failed", outcome, at: now, in: connection)
            consequence.outcome = .exhausted
        }
        let since = try endpoint.decode("failing_since", as: Timestamp.self)
        if since.duration(to: now) >= self.configuration.failingLimit,
            try self.disable(claim.endpointID, .failing, at: now, in: connection)
        {
            consequence.disabled = .failing
        }
        return consequence
    }

    /// Gives an attempt back as if it had not begun; it is due again in a moment, so that who refuses it is not asked at once.
    private func release(_ claim: Claim, at now: Timestamp, in connection: any DatabaseConnection) throws {
        try self.expectOne(
            connection.execute(
                """
                UPDATE webhook_deliveries SET claim = NULL, due_at = \(now.advanced(by: .seconds(2))), attempts = attempts - 1
                WHERE id = \(claim.deliveryID) AND claim = \(claim.token) AND status = 'pending'
                """))
    }

    private func finish(
        _ claim: Claim, _ status: String, _ outcome: AttemptOutcome, at now: Timestamp, in connection: any DatabaseConnection
    ) throws {
        try self.expectOne(
            connection.execute(
                """
                UPDATE webhook_deliveries
                SET status = \(status), claim = NULL, due_at = NULL, last_status = \(outcome.status), last_error = \(outcome.error),
                    last_attempt_at = \(now), finished_at = \(now),
                    attempts = \(min(claim.attempt, self.configuration.schedule.pauses.count))
                WHERE id = \(claim.deliveryID) AND claim = \(claim.token) AND status = 'pending'
                """))
    }

    private func expectOne(_ count: Int) throws {
        if count != 1 { throw ClaimLost() }
    }

    private func lockEndpoint(_ claim: Claim, in connection: any DatabaseConnection) throws {
        guard connection.dialect == .postgres else { return }
        _ = try connection.queryOne("SELECT id FROM webhook_endpoints WHERE id = \(claim.endpointID) FOR NO KEY UPDATE")
    }

    /// Disables an endpoint, and cancels what waits for it.
    ///
    /// - Returns: Whether it was enabled.
    private func disable(
        _ endpointID: String, _ reason: WebhookEndpoint.DisabledReason, at now: Timestamp, in connection: any DatabaseConnection
    ) throws -> Bool {
        let count = try connection.execute(
            """
            UPDATE webhook_endpoints SET disabled_at = \(now), disabled_reason = \(reason.rawValue)
            WHERE id = \(endpointID) AND disabled_at IS NULL
            """)
        try Self.cancelWaiting("endpoint_id = \(endpointID)", at: now, in: connection)
        return count > 0
    }

    static func cancelWaiting(_ condition: SQL, at now: Timestamp, in connection: any DatabaseConnection) throws {
        try connection.execute(
            """
            UPDATE webhook_deliveries SET status = 'cancelled', claim = NULL, due_at = NULL, finished_at = \(now)
            WHERE status = 'pending' AND \(condition)
            """)
    }
}

extension AttemptOutcome {
    /// Whether the destination is one where nothing may go.
    var isRefusal: Bool {
        let refusals: [OutboundError.Code] = [.invalidURL, .refusedScheme, .refusedPort, .refusedAddress]
        return self.error.map { error in refusals.contains { $0.description == error } } ?? false
    }
}
