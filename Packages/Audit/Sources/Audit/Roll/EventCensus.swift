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

    /// Reads all rows once, in pages. When an archive goes on meanwhile, it is done again.
    ///
    /// - Throws: `PersistenceError`; `CancellationError`.
    static func take(in database: any Database, by keyring: SecretKeyring) async throws -> EventCensus {
        var attempts = 0
        while true {
            attempts += 1
            let borders = try await Borders(in: database, by: keyring)
            let census = try await EventCensus(in: database, borders)
            let now = try await Borders(in: database, by: keyring)
            if now.segments == borders.segments || attempts == Self.attempts { return census }
        }
    }

    private static let attempts = 4
    private static let pageRows = 200
    /// Most rows that are named.
    private static let maximumStrangers = 1_000

    private init(in database: any Database, _ borders: Borders) async throws {
        self.segments = borders.segments
        self.archived = borders.events
        var behind: SQL = "1 = 1"
        while true {
            try Task.checkCancellation()
            let rows = try await database.query(
                """
                SELECT id, \(EventTable.columns) FROM audit_events WHERE \(behind) ORDER BY id LIMIT \(Self.pageRows)
                """)
            guard let last = rows.last else { return }
            behind = "id > \(try last.decode("id", as: Int64.self))"
            // The rows first: a row and its record come in one transaction.
            let live = try await Self.recorded(rows, in: database, borders)
            for row in rows {
                let id = (try? row.decode("request_id", as: String.self)) ?? ""
                if live.contains(AuditRequestID(unchecked: id)) { continue }
                self.sum.add(row)
                if self.strangers.count < Self.maximumStrangers { self.strangers.append(id) }
            }
        }
    }

    /// The ids of rows whose records are in the journal and in no file.
    private static func recorded(
        _ rows: [Row], in database: any Database, _ borders: Borders
    ) async throws -> Set<AuditRequestID> {
        let ids = rows.compactMap { try? $0.decode("request_id", as: String.self) }
        // A row of a request whose id was used twice has another id than its record.
        let names = Set(ids).union(ids.compactMap { DrainCommit.requestID(inOtherID: $0) })
        let records = try await database.query(
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
    private struct Borders {
        private var ends: [String: Int64] = [:]
        private(set) var events = EventSum()
        private(set) var segments: Int64 = 0

        init(in database: any Database, by keyring: SecretKeyring) async throws {
            let rows = try await database.query("SELECT DISTINCT writer FROM audit_segments")
            for row in rows {
                let writer = try row.decode("writer", as: String.self)
                let stored = try await StoredSegments(of: writer, in: database, by: keyring)
                self.ends[writer] = stored.beginning.sequence
                self.segments += Int64(stored.segments.count)
                for segment in stored.segments { if let events = segment.events { self.events += events } }
            }
        }

        func end(of writer: String) -> Int64 { self.ends[writer] ?? 0 }
    }
}
