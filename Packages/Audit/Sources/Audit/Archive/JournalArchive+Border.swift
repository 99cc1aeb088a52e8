import Persistence

extension JournalArchive {
    /// Where a segment ends; the place after which it would begin, if nothing may be archived.
    func end(of writer: String, after beginning: Int64, before instant: Timestamp) async throws -> Int64 {
        // The last record first: whatever is recorded from here on lies behind it, also the beginning of a request.
        let last = try await self.sequence("SELECT max(sequence) AS sequence FROM audit_journal WHERE writer = \(writer)")
        let younger = try await self.sequence(
            """
            SELECT min(sequence) AS sequence FROM audit_journal
            WHERE writer = \(writer) AND sequence > \(beginning) AND recorded_at >= \(instant)
            """)
        let open = try await self.sequence(
            "SELECT min(sequence) AS sequence FROM audit_open_requests WHERE writer = \(writer)")
        guard let last else { return beginning }
        let end = min(last, younger.map { $0 - 1 } ?? last, open.map { $0 - 1 } ?? last)
        guard end > beginning else { return beginning }
        let lowest = max(beginning, end - self.retreat)
        let spans = try await self.database.query(
            """
            SELECT record.sequence AS sequence, (
                SELECT max(other.sequence) FROM audit_journal AS other
                WHERE other.request_id = record.request_id AND other.writer = \(writer)) AS last
            FROM audit_journal AS record
            WHERE record.writer = \(writer) AND record.sequence > \(lowest) AND record.sequence <= \(end)
            ORDER BY record.sequence
            """
        ).map { row -> Span in
            let sequence = try row.decode("sequence", as: Int64.self)
            return Span(sequence: sequence, last: try row.decode("last", as: Int64?.self) ?? sequence)
        }
        if let whole = Self.lastWhole(in: spans) { return whole }
        return lowest == beginning ? beginning : end
    }

    /// A record, and the last one of its request.
    private struct Span {
        let sequence: Int64
        let last: Int64
    }

    /// The last record behind which nothing follows of its request or of those before.
    private static func lastWhole(in spans: [Span]) -> Int64? {
        var reach: Int64 = 0
        var whole: Int64?
        for span in spans {
            reach = max(reach, span.last)
            if reach <= span.sequence { whole = span.sequence }
        }
        return whole
    }

    private func sequence(_ sql: SQL) async throws -> Int64? {
        try await self.database.queryOne(sql)?.decode("sequence", as: Int64?.self)
    }
}
