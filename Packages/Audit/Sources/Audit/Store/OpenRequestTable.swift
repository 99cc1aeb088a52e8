import Persistence

/// The statements over `audit_open_requests`, within one transaction.
extension JournalTables {
    /// Adds requests that have begun.
    ///
    /// - Parameter keys: Ascending by request, all of one writer.
    func open(_ keys: [OpenRequest.Key]) throws {
        guard let writer = keys.first?.writer else { return }
        switch self.connection.dialect {
        case .postgres:
            let ids = SQLValue.array(keys.map { .text($0.requestID.text) })
            let sequences = SQLValue.array(keys.map { .integer($0.sequence) })
            let times = SQLValue.array(keys.map { .timestamp($0.time) })
            try self.connection.execute(
                """
                INSERT INTO audit_open_requests (writer, request_id, sequence, taken_at)
                SELECT \(writer)::text, * FROM unnest(\(ids)::text[], \(sequences)::bigint[], \(times)::timestamptz[])
                ON CONFLICT DO NOTHING
                """)
        case .sqlite:
            for key in keys {
                try self.connection.execute(
                    """
                    INSERT INTO audit_open_requests (writer, request_id, sequence, taken_at)
                    VALUES (\(writer), \(key.requestID.text), \(key.sequence), \(key.time)) ON CONFLICT DO NOTHING
                    """)
            }
        }
    }

    /// Removes requests of a writer that have ended.
    func end(_ ids: [AuditRequestID], of writer: String) throws {
        if ids.isEmpty { return }
        switch self.connection.dialect {
        case .postgres:
            let names = SQLValue.array(ids.map { .text($0.text) })
            try self.connection.execute(
                "DELETE FROM audit_open_requests WHERE writer = \(writer) AND request_id = ANY(\(names)::text[])")
        case .sqlite:
            for id in ids { _ = try self.end(id, of: writer) }
        }
    }

    /// Removes one request, and says whether it was there.
    func end(_ id: AuditRequestID, of writer: String) throws -> Bool {
        try self.connection.execute(
            "DELETE FROM audit_open_requests WHERE writer = \(writer) AND request_id = \(id.text)") == 1
    }
}
