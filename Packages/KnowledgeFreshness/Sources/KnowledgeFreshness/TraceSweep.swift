import Persistence

/// Finds traces that nobody queued, as after a crash, an import, or from a program that knows no queue; and rows whose trace is
/// gone or of no interest any more.
struct TraceSweep {
    /// Rows of one statement.
    static let batch = 500

    let database: any Database
    let configuration: FreshnessConfiguration

    /// Queues traces that were stored a short while ago, for now.
    ///
    /// - Parameter time: How short; as the configuration says when nil.
    /// - Returns: How many.
    func queueRecent(_ time: Duration? = nil, at now: Timestamp) async throws -> Int {
        let start = now.advanced(by: .zero - (time ?? self.configuration.recentTime))
        let rows = try await self.database.query(
            """
            SELECT t.id FROM traces t
            WHERE t.created_at >= \(start) AND \(self.configuration.traceCondition)
                AND NOT EXISTS (SELECT 1 FROM trace_freshness f WHERE f.trace_id = t.id)
            ORDER BY t.created_at LIMIT \(Self.batch)
            """)
        return try await self.queue(rows.compactMap { $0["id"] }.map { ($0, now) }, at: now)
    }

    /// Walks over all traces and queues those that are not; they become due as fast as this server may check them, so that new
    /// traces need not wait behind a whole library.
    func run(at now: Timestamp) async throws {
        let interval = Duration.seconds(60) / self.configuration.checksPerMinute
        var dueAt = now
        var last: SQLValue?
        while true {
            try Task.checkCancellation()
            let start: SQL = last.map { "AND t.id > \($0)" } ?? ""
            let rows = try await self.database.query(
                """
                SELECT t.id, EXISTS (SELECT 1 FROM trace_freshness f WHERE f.trace_id = t.id) AS is_queued
                FROM (
                    SELECT t.id FROM traces t WHERE t.id IS NOT NULL AND \(self.configuration.traceCondition) \(start)
                    ORDER BY t.id LIMIT \(Self.batch)
                ) AS t ORDER BY t.id
                """)
            var missing: [(SQLValue, Timestamp)] = []
            for row in rows {
                guard let id = row["id"] else { continue }
                last = id
                if try row.decode("is_queued", as: Bool.self) { continue }
                missing.append((id, dueAt))
                dueAt = dueAt.advanced(by: interval)
            }
            _ = try await self.queue(missing, at: now)
            if rows.count < Self.batch { break }
        }
        try await self.forgetOrphans()
    }

    private func queue(_ traces: [(SQLValue, Timestamp)], at now: Timestamp) async throws -> Int {
        // A row without an id, which only an adopted file can have, is nobody's trace.
        let rows = traces.filter { !$0.0.isNull }.map { "(\($0.0), \(now), \($0.1), 0)" as SQL }
        guard !rows.isEmpty else { return 0 }
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try connection.execute(
                """
                INSERT INTO trace_freshness (trace_id, created_at, due_at, attempts) VALUES \(rows.joined(separator: ", "))
                ON CONFLICT (trace_id) DO NOTHING
                """)
        }
    }

    /// Rows that are due lose themselves when they are looked at; those that name no version never are.
    private func forgetOrphans() async throws {
        var count = Self.batch
        while count == Self.batch {
            try Task.checkCancellation()
            count = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                try connection.execute(
                    """
                    DELETE FROM trace_freshness WHERE trace_id IN (
                        SELECT f.trace_id FROM trace_freshness f
                        WHERE f.due_at IS NULL AND NOT EXISTS (
                            SELECT 1 FROM traces t WHERE t.id = f.trace_id AND \(self.configuration.traceCondition)
                        )
                        LIMIT \(Self.batch)
                    )
                    """)
            }
        }
    }
}
