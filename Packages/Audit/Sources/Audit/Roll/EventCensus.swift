import Cryptography
import Persistence

/// Adds up the rows of `audit_events` that the journal does not speak of any more: those older than it, and those whose records
/// an archive has put into files.
struct EventCensus: Sendable {
    /// The rows that were added up.
    private(set) var sum = EventSum()
    /// What the segments say of the rows that they hold.
    private(set) var archived = EventSum()
    /// How many segments there were.
    let segments: Int64
    /// Rows beyond those that may be there, if none was there before the journal and none is archived.
    private(set) var strangers: [String] = []
    /// The number of the last row that was read.
    private var last: Int64?
    private var isWhole = false

    /// Reads all rows once, in pages; again when an archive went on meanwhile, and at last in one snapshot, beside which nothing does.
    ///
    /// - Throws: `PersistenceError`; `CancellationError`.
    static func take(in database: any Database, by keyring: SecretKeyring) async throws -> EventCensus {
        for _ in 0..<Self.attempts {
            let borders = try await database.read { try Borders($0, by: keyring) }
            var census = EventCensus(borders)
            while !census.isWhole {
                try Task.checkCancellation()
                let before = census
                census = try await database.read { connection in
                    var census = before
                    try census.addPage(borders, connection)
                    return census
                }
            }
            if try await database.read({ try Borders($0, by: keyring) }).segments == borders.segments { return census }
        }
        // Not at first: while a snapshot is read, the database cannot tidy up behind its writers.
        return try await database.read { connection in
            let borders = try Borders(connection, by: keyring)
            var census = EventCensus(borders)
            while !census.isWhole { try census.addPage(borders, connection) }
            return census
        }
    }

    private static let attempts = 3
    private static let pageRows = 200
    /// Most rows that are named.
    private static let maximumStrangers = 1_000

    private init(_ borders: Borders) {
        self.segments = borders.segments
        self.archived = borders.events
    }

    /// Adds the rows with the next numbers.
    private mutating func addPage(_ borders: Borders, _ connection: any DatabaseConnection) throws {
        let behind: SQL = self.last.map { "id > \($0)" } ?? "1 = 1"
        let rows = try connection.query(
            "SELECT id, \(EventTable.columns) FROM audit_events WHERE \(behind) ORDER BY id LIMIT \(Self.pageRows)")
        guard let last = rows.last else {
            self.isWhole = true
            return
        }
        self.last = try last.decode("id", as: Int64.self)
        let live = try Self.recorded(rows, borders, connection)
        for row in rows {
            let id = (try? row.decode("request_id", as: String.self)) ?? ""
            if live.contains(AuditRequestID(unchecked: id)) { continue }
            self.sum.add(row)
            if self.strangers.count < Self.maximumStrangers { self.strangers.append(id) }
        }
    }

    /// The ids of rows whose records are in the journal and in no file.
    private static func recorded(
        _ rows: [Row], _ borders: Borders, _ connection: any DatabaseConnection
    ) throws -> Set<AuditRequestID> {
        let ids = rows.compactMap { try? $0.decode("request_id", as: String.self) }
        // A row of a request whose id was used twice has another id than its record.
        let names = Set(ids).union(ids.compactMap { DrainCommit.requestID(inOtherID: $0) })
        let records = try connection.query(
            """
            SELECT writer, sequence, event_id FROM audit_journal
            WHERE request_id IN \(list: names.sorted()) AND event_id IS NOT NULL
            """)
        var live: Set<AuditRequestID> = []
        for record in records {
            guard let writer = try? record.decode("writer", as: String.self),
                let sequence = try? record.decode("sequence", as: Int64.self),
                let id = try? record.decode("event_id", as: String.self), sequence > borders.end(of: writer)
            else { continue }
            live.insert(AuditRequestID(unchecked: id))
        }
        return live
    }

    /// Where the archive of each writer ends.
    private struct Borders: Sendable {
        private var ends: [String: Int64] = [:]
        private(set) var events = EventSum()
        private(set) var segments: Int64 = 0

        init(_ connection: any DatabaseConnection, by keyring: SecretKeyring) throws {
            let rows = try connection.query("SELECT DISTINCT writer FROM audit_segments")
            for row in rows {
                let writer = try row.decode("writer", as: String.self)
                let stored = try StoredSegments(of: writer, on: connection, by: keyring)
                self.ends[writer] = stored.beginning.sequence
                self.segments += Int64(stored.segments.count)
                for segment in stored.segments { if let events = segment.events { self.events += events } }
            }
        }

        func end(of writer: String) -> Int64 { self.ends[writer] ?? 0 }
    }
}
