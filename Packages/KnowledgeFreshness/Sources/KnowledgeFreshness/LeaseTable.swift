import Cryptography
import Persistence

/// What the worker asks of the queue before a check.
struct LeaseTable {
    let database: any Database
    let configuration: FreshnessConfiguration

    /// Makes due checks this server's own, those that are due longest first, and before a second attempt the first ones of others; of
    /// several servers that try, each gets others.
    func take(_ limit: Int, at now: Timestamp) async throws -> [Lease] {
        let token = Hex.encode(try Random.bytes(count: 16))
        let end = now.advanced(by: self.configuration.leaseTime)
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            // Rows that another server is taking at this moment are passed over instead of waited for.
            let lock: SQL = connection.dialect == .postgres ? "FOR UPDATE SKIP LOCKED" : ""
            let due = { (condition: SQL, limit: Int) in
                try connection.query(
                    """
                    SELECT trace_id FROM trace_freshness
                    WHERE due_at <= \(now) AND (lease_until IS NULL OR lease_until <= \(now)) AND \(condition)
                    ORDER BY due_at LIMIT \(limit) \(lock)
                    """
                ).compactMap { $0["trace_id"] }
            }
            // Packages that the index cannot tell about must not keep the others waiting, nor wait for ever themselves.
            let fresh = try due("attempts = 0", limit)
            let again = try due("attempts > 0", limit)
            let share = max(limit - again.count, limit - limit / 4)
            let ids = Array(fresh.prefix(share)) + again.prefix(limit - min(fresh.count, share))
            guard !ids.isEmpty else { return [] }
            // The conditions stand here again: on SQLite the transaction alone keeps others out.
            try connection.execute(
                """
                UPDATE trace_freshness SET lease = \(token), lease_until = \(end)
                WHERE trace_id IN \(list: ids) AND due_at <= \(now) AND (lease_until IS NULL OR lease_until <= \(now))
                """)
            let rows = try connection.query(
                "SELECT trace_id, due_at, attempts FROM trace_freshness WHERE trace_id IN \(list: ids) AND lease = \(token)")
            return try rows.compactMap { row in
                guard let trace = row["trace_id"] else { return nil }
                return Lease(
                    trace: trace, token: token, dueAt: try row.decode("due_at"), attempts: try row.decode("attempts"))
            }
        }
    }

    /// When the next check may begin that nobody does now; nil when there is none.
    func nextDue(after now: Timestamp) async throws -> Timestamp? {
        try await self.database.queryOne(
            "SELECT min(due_at) AS due_at FROM trace_freshness WHERE due_at > \(now)")?.decode("due_at", as: Timestamp?.self)
    }

    /// How many traces are due, counted up to a million.
    func depth(at now: Timestamp) async throws -> Int {
        try await self.database.queryOne(
            """
            SELECT count(*) AS n FROM (SELECT 1 FROM trace_freshness WHERE due_at <= \(now) LIMIT 1000000) AS waiting
            """)?.decode("n") ?? 0
    }

    /// What is to be checked; nil when the trace is gone or of no interest any more.
    func content(of lease: Lease) async throws -> TraceContent? {
        try await self.database.queryOne(
            """
            SELECT title, context_text, solution_text, metadata_json FROM traces t
            WHERE id = \(lease.trace) AND \(self.configuration.traceCondition)
            """
        ).map { try TraceContent($0) }
    }
}
