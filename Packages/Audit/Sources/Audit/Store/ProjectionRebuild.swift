public import Persistence

/// Makes `audit_events` anew from the journal.
///
/// A second table is filled and takes the place of the first, in one transaction: it has all rows that records say, under
/// the `id` that they had, and those that no record speaks of, such as rows older than the journal, as they are. Who writes
/// `audit_events` waits meanwhile; a ``Journal`` keeps its records in the spool.
public struct ProjectionRebuild: Sendable {
    /// What a new table holds.
    public struct Report: Sendable, Hashable {
        /// Rows that were made from records.
        public var rebuilt = 0
        /// Rows that no record speaks of.
        public var older = 0
        /// Records that were changed since they were written, so that their rows, if any, stay as they are.
        public var untrusted = 0
    }

    /// A point between two steps of a rebuild of which the second may never come.
    package enum Step: String, Sendable, CaseIterable {
        /// The second table is there, and nothing in it.
        case begun
        /// The second table has some of its rows.
        case filling
        /// The second table has the name of the first, and nothing is committed.
        case swapped
        /// The transaction is committed.
        case committed
    }

    private let database: any Database
    private let reached: @Sendable (Step) -> Void

    /// Creates a rebuild over a migrated database.
    public init(database: any Database) {
        self.init(database: database) { _ in }
    }

    package init(database: any Database, reached: @escaping @Sendable (Step) -> Void) {
        self.database = database
        self.reached = reached
    }

    /// Does it; nothing has changed when it throws.
    ///
    /// On PostgreSQL the new table has owner, rights and comments of the old one; a view over it is an error.
    ///
    /// - Throws: `PersistenceError`; `CancellationError`.
    @discardableResult
    public func run() async throws -> Report {
        let reached = self.reached
        let report = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            let swap = try TableSwap(connection)
            reached(.begun)
            var report = Report()
            let table = EventTable(connection, name: TableSwap.newName)
            let top = try connection.queryOne("SELECT coalesce(max(id), 0) AS id FROM audit_events")
            var free = try top?.decode("id", as: Int64.self) ?? 0
            var place = (writer: "", sequence: Int64.min)
            while true {
                let rows = try connection.query(
                    """
                    SELECT writer, sequence, recorded_at, kind, event_id, body, previous_hash, hash FROM audit_journal
                    WHERE (writer, sequence) > (\(place.writer), \(place.sequence)) ORDER BY writer, sequence LIMIT 100
                    """)
                for row in rows { place = (try row.decode("writer"), try row.decode("sequence")) }
                let events = try rows.compactMap { try Self.event(in: $0, &report) }.sorted { $0.requestID < $1.requestID }
                var numbers = try Self.numbers(of: events, connection)
                for event in events where numbers[event.requestID] == nil {
                    free += 1
                    numbers[event.requestID] = free
                }
                report.rebuilt += try table.insert(events, numbers: numbers).count
                reached(.filling)
                if rows.count < 100 { break }
            }
            report.older = try connection.execute(
                """
                INSERT INTO \(identifier: TableSwap.newName) (id, \(EventTable.columns))
                SELECT id, \(EventTable.columns) FROM audit_events
                WHERE NOT EXISTS (SELECT 1 FROM \(identifier: TableSwap.newName) AS made
                    WHERE made.request_id = audit_events.request_id)
                """)
            try swap.finish()
            reached(.swapped)
            return report
        }
        reached(.committed)
        return report
    }

    private static func event(in row: Row, _ report: inout Report) throws -> AuditEvent? {
        guard let id = try row.decode("event_id", as: String?.self) else { return nil }
        guard let entry = JournalEntry(row, writer: try row.decode("writer"), sequence: try row.decode("sequence")),
            entry.isIntact, let event = try? AuditRecord(body: entry.body).event
        else {
            report.untrusted += 1
            return nil
        }
        return event.asRow(named: AuditRequestID(unchecked: id))
    }

    private static func numbers(
        of events: [AuditEvent], _ connection: any DatabaseConnection
    ) throws -> [AuditRequestID: Int64] {
        if events.isEmpty { return [:] }
        let ids = events.map(\.requestID.text)
        let rows = try connection.query("SELECT request_id, id FROM audit_events WHERE request_id IN \(list: ids)")
        var numbers: [AuditRequestID: Int64] = [:]
        for row in rows { numbers[AuditRequestID(unchecked: try row.decode("request_id"))] = try row.decode("id") }
        return numbers
    }
}
