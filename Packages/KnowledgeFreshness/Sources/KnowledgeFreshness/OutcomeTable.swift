import Persistence
import Staleness

/// What the worker tells the queue and the traces after a check.
struct OutcomeTable {
    /// What became of an outcome.
    enum Fate: Sendable {
        /// It is kept.
        case kept
        /// The trace is gone, and its row with it.
        case gone
        /// The trace changed since it was read, and is due again.
        case changed
        /// Another server took over, and will keep its own outcome.
        case lost
    }

    /// What was found out.
    struct Outcome: Sendable {
        let verdict: EntryVerdict
        let checkedAt: Timestamp
        /// When to look again; nil when there is nothing to look for.
        let nextAt: Timestamp?
        let attempts: Int
    }

    let database: any Database

    /// Keeps an outcome, of a trace that is still there and still what was read, under a lease that is still this server's.
    ///
    /// The trace itself gets `is_stale` alone; that is no change of the entry, so `updated_at` stays.
    func keep(_ outcome: Outcome, of content: TraceContent, _ lease: Lease) async throws -> Fate {
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            // The trace is held first, as whoever stores a trace queues it afterwards.
            let lock: SQL = connection.dialect == .postgres ? "FOR UPDATE" : ""
            let row = try connection.queryOne(
                "SELECT title, context_text, solution_text, metadata_json FROM traces WHERE id = \(lease.trace) \(lock)")
            guard let row else {
                return try Self.forget(lease, in: connection) ? .gone : .lost
            }
            guard try TraceContent(row) == content else {
                let count = try connection.execute(
                    """
                    UPDATE trace_freshness SET lease = NULL, lease_until = NULL, due_at = \(outcome.checkedAt)
                    WHERE trace_id = \(lease.trace) AND lease = \(lease.token)
                    """)
                return count > 0 ? .changed : .lost
            }
            guard try Self.keep(outcome, lease, in: connection) else { return .lost }
            if let isStale = outcome.verdict.isStale {
                try connection.execute(
                    "UPDATE traces SET is_stale = \(isStale) WHERE id = \(lease.trace) AND is_stale <> \(isStale)")
            }
            return .kept
        }
    }

    /// Forgets a trace that is gone.
    ///
    /// - Returns: Whether the lease was still this server's.
    func forget(_ lease: Lease) async throws -> Bool {
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { try Self.forget(lease, in: $0) }
    }

    /// Keeps that a trace could not be read.
    func postpone(_ lease: Lease, reason: String, at now: Timestamp, until next: Timestamp) async throws {
        let count = lease.attempts < .max ? lease.attempts + 1 : .max
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try connection.execute(
                """
                UPDATE trace_freshness SET lease = NULL, lease_until = NULL, due_at = \(next), attempts = \(count),
                    grade = 'unknown', package = NULL, pinned = NULL, latest_version = NULL, reason = \(reason),
                    checked_at = \(now)
                WHERE trace_id = \(lease.trace) AND lease = \(lease.token)
                """)
        }
    }

    private static func forget(_ lease: Lease, in connection: any DatabaseConnection) throws -> Bool {
        try connection.execute(
            "DELETE FROM trace_freshness WHERE trace_id = \(lease.trace) AND lease = \(lease.token)") > 0
    }

    private static func keep(_ outcome: Outcome, _ lease: Lease, in connection: any DatabaseConnection) throws -> Bool {
        let (verdict, grade) = (outcome.verdict, outcome.verdict.grade)
        let kept = try connection.execute(
            """
            UPDATE trace_freshness SET lease = NULL, lease_until = NULL, attempts = \(outcome.attempts),
                grade = \(grade.freshness.rawValue), package = \(verdict.pin?.name), pinned = \(verdict.pin?.versions),
                latest_version = \(grade.latest), reason = \(grade.reason), checked_at = \(outcome.checkedAt)
            WHERE trace_id = \(lease.trace) AND lease = \(lease.token)
            """)
        guard kept > 0 else { return false }
        // Who was queued again meanwhile stays due.
        try connection.execute(
            """
            UPDATE trace_freshness SET due_at = \(outcome.nextAt)
            WHERE trace_id = \(lease.trace) AND due_at = \(lease.dueAt)
            """)
        return true
    }
}
