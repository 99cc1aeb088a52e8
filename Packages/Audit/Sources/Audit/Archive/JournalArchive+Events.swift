import Persistence

extension JournalArchive {
    /// The sum of the rows of `audit_events` that some records of a writer speak of.
    ///
    /// - Throws: ``AuditError`` with code `unreadable` when one of them is missing or says something else, which an archive
    ///   would vouch for.
    func events(of writer: String, after beginning: Int64, through end: Int64) async throws -> EventSum {
        var sum = EventSum()
        var after = beginning
        while true {
            try Task.checkCancellation()
            let rows = try await self.database.query(
                """
                SELECT sequence, recorded_at, kind, event_id, body, previous_hash, hash FROM audit_journal
                WHERE writer = \(writer) AND sequence > \(after) AND sequence <= \(end) AND event_id IS NOT NULL
                ORDER BY sequence LIMIT 100
                """)
            guard let last = rows.last else { return sum }
            after = try last.decode("sequence")
            var page = EventPage()
            for row in rows {
                let id = AuditRequestID(unchecked: try row.decode("event_id"))
                guard let entry = JournalEntry(row, writer: writer, sequence: try row.decode("sequence")),
                    let event = try AuditRecord(body: entry.body).event
                else {
                    throw AuditError(.unreadable, message: "a record of writer \(writer) was changed; verify the journal")
                }
                page.expect(event.asRow(named: id))
            }
            var report = VerificationReport()
            try await page.compare(with: self.database, &report) { sum.add($0) }
            guard report.isClean else {
                throw AuditError(
                    .unreadable, message: "an audit event is not as writer \(writer) wrote it; verify the journal")
            }
        }
    }
}
