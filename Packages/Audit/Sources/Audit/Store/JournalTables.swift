import Cryptography
import Persistence

/// The statements over `audit_journal`, `audit_heads` and `audit_requests`, within one transaction.
struct JournalTables {
    let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    /// The head of a writer, which nobody else can move until the transaction ends; nil when there is none.
    func lockedHead(of writer: String) throws -> JournalHead? {
        let lock: SQL = self.connection.dialect == .postgres ? " FOR UPDATE" : ""
        let row = try self.connection.queryOne("SELECT sequence, hash FROM audit_heads WHERE writer = \(writer)\(lock)")
        return try row.map { row in
            guard let hash = SHA256Digest(bytes: try row.decode("hash", as: [UInt8].self)) else {
                throw AuditError(.conflict, message: "the head of this writer was changed by somebody else")
            }
            return JournalHead(writer: writer, sequence: try row.decode("sequence"), hash: hash)
        }
    }

    /// Moves the head of a writer.
    ///
    /// - Throws: ``AuditError`` with code `conflict` when it is not where it was seen.
    func moveHead(from old: JournalHead, to new: JournalHead, code: [UInt8]) throws {
        let count = try self.connection.execute(
            """
            UPDATE audit_heads SET sequence = \(new.sequence), hash = \(new.hash.bytes), mac = \(code)
            WHERE writer = \(new.writer) AND sequence = \(old.sequence) AND hash = \(old.hash.bytes)
            """)
        guard count == 1 else { throw AuditError(.conflict, message: "somebody else writes as this writer") }
    }

    /// Takes request ids, and says which were free.
    ///
    /// Ids come in one order for all writers, so that two of them never wait for each other.
    ///
    /// - Parameter ids: Ascending, each once.
    func take(_ ids: [AuditRequestID], as writer: String, at time: Timestamp) throws -> Set<AuditRequestID> {
        if ids.isEmpty { return [] }
        switch self.connection.dialect {
        case .postgres:
            let names = SQLValue.array(ids.map { .text($0.text) })
            let rows = try self.connection.query(
                """
                INSERT INTO audit_requests (request_id, writer, taken_at)
                SELECT given.id, \(writer)::text, \(time)::timestamptz
                FROM unnest(\(names)::text[]) WITH ORDINALITY AS given (id, place)
                WHERE NOT EXISTS (SELECT 1 FROM audit_events WHERE request_id = given.id)
                ORDER BY given.place ON CONFLICT DO NOTHING RETURNING request_id
                """)
            return try Set(rows.map { AuditRequestID(unchecked: try $0.decode("request_id")) })
        case .sqlite:
            var taken: Set<AuditRequestID> = []
            for id in ids {
                let count = try self.connection.execute(
                    """
                    INSERT INTO audit_requests (request_id, writer, taken_at) SELECT \(id.text), \(writer), \(time)
                    WHERE NOT EXISTS (SELECT 1 FROM audit_events WHERE request_id = \(id.text)) ON CONFLICT DO NOTHING
                    """)
                if count == 1 { taken.insert(id) }
            }
            return taken
        }
    }

    /// Appends records.
    func append(_ rows: [JournalRow]) throws {
        switch self.connection.dialect {
        case .postgres:
            func column(_ value: (JournalRow) -> SQLValue) -> SQLValue { .array(rows.map(value)) }
            let sequences = column { .integer($0.entry.sequence) }
            let times = column { .timestamp($0.entry.time) }
            let kinds = column { .text($0.entry.kind) }
            let requests = column { $0.requestID.sqlValue }
            let events = column { $0.eventID.sqlValue }
            let bodies = column { .text(String(decoding: $0.entry.body, as: UTF8.self)) }
            let previous = column { .blob($0.entry.previous.bytes) }
            let hashes = column { .blob($0.entry.hash.bytes) }
            guard let writer = rows.first?.entry.writer else { return }
            try self.connection.execute(
                """
                INSERT INTO audit_journal
                    (writer, sequence, recorded_at, kind, request_id, event_id, body, previous_hash, hash)
                SELECT \(writer)::text, * FROM unnest(\(sequences)::bigint[], \(times)::timestamptz[], \(kinds)::text[],
                    \(requests)::text[], \(events)::text[], \(bodies)::text[], \(previous)::bytea[], \(hashes)::bytea[])
                """)
        case .sqlite:
            for row in rows {
                let entry = row.entry
                try self.connection.execute(
                    """
                    INSERT INTO audit_journal
                        (writer, sequence, recorded_at, kind, request_id, event_id, body, previous_hash, hash)
                    VALUES (\(entry.writer), \(entry.sequence), \(entry.time), \(entry.kind), \(row.requestID), \(row.eventID),
                        \(String(decoding: entry.body, as: UTF8.self)), \(entry.previous.bytes), \(entry.hash.bytes))
                    """)
            }
        }
    }

    /// The hash of a record, or nil if there is none in its place.
    func hash(of writer: String, at sequence: Int64) throws -> SHA256Digest? {
        let row = try self.connection.queryOne(
            "SELECT hash FROM audit_journal WHERE writer = \(writer) AND sequence = \(sequence)")
        return try row.flatMap { SHA256Digest(bytes: try $0.decode("hash", as: [UInt8].self)) }
    }

    /// Whether a segment of the archive holds a record.
    func isArchived(_ sequence: Int64, of writer: String) throws -> Bool {
        try self.connection.queryOne(
            """
            SELECT 1 FROM audit_segments
            WHERE writer = \(writer) AND first_sequence <= \(sequence) AND last_sequence >= \(sequence)
            """) != nil
    }
}

/// A record with what stands beside it in its row.
struct JournalRow: Sendable {
    let entry: JournalEntry
    let requestID: String?
    /// The id under which `audit_events` has the row that was written together with the record.
    let eventID: String?
}
