public import Cryptography
public import Identity
public import Persistence

/// Answers what people ask of `audit_events`.
public struct AuditTrail: Sendable {
    private let database: any Database
    private let keyring: SecretKeyring

    /// Creates a trail over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where the events are.
    ///   - keyring: The server's secrets, which sign cursors.
    public init(database: any Database, keyring: SecretKeyring) {
        self.database = database
        self.keyring = keyring
    }

    /// The event of a request, or nil if it has none in the organisation.
    ///
    /// - Parameters:
    ///   - requestID: The request.
    ///   - organisation: Whose event it must be; anybody's when nil.
    /// - Throws: `PersistenceError`.
    public func event(of requestID: AuditRequestID, organisation: OrganisationID?) async throws -> AuditEvent? {
        try await self.row(of: requestID, organisation: organisation)?.event
    }

    /// Does the same, with the number of the row.
    ///
    /// - Throws: `PersistenceError`.
    public func row(of requestID: AuditRequestID, organisation: OrganisationID?) async throws -> AuditRow? {
        // No row has such an id, and no database could be asked for it.
        guard !requestID.text.utf8.contains(0) else { return nil }
        let ours: SQL = organisation.map { "AND org_id = \($0.text)" } ?? ""
        return try await self.database.queryOne(
            "SELECT id, \(EventTable.columns) FROM audit_events WHERE request_id = \(requestID.text) \(ours)"
        ).map { try AuditRow($0) }
    }

    /// A page of events, the newest first; those with one time are in the order in which they were written, reversed.
    ///
    /// Costs the same wherever a page begins and however many events there are, but for what is passed over by `offset`, and
    /// where two of caller, decision and tool are asked for at once.
    ///
    /// - Throws: ``AuditError`` with code `invalidQuery` or `invalidCursor`; `PersistenceError`.
    public func events(_ query: AuditQuery) async throws -> AuditPage {
        try query.check()
        let start = try query.start(by: self.keyring)
        var conditions: [SQL] = []
        if let organisation = query.organisation { conditions.append("org_id = \(organisation.text)") }
        if let requestID = query.requestID { conditions.append("request_id = \(requestID.text)") }
        if let callerID = query.callerID { conditions.append("caller_id = \(callerID)") }
        if let decision = query.decision { conditions.append("decision = \(decision)") }
        if let toolName = query.toolName { conditions.append("tool_name = \(toolName)") }
        if let from = query.from { conditions.append("timestamp >= \(from)") }
        if let until = query.until { conditions.append("timestamp < \(until)") }
        if let start { conditions.append("(timestamp, id) < (\(start.time), \(start.id))") }
        let filter: SQL = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND "))"
        let offset: SQL = query.offset > 0 ? "OFFSET \(query.offset)" : ""
        // One more than is shown tells whether anything follows.
        let rows = try await self.database.query(
            """
            SELECT id, \(EventTable.columns) FROM audit_events \(filter)
            ORDER BY timestamp DESC, id DESC LIMIT \(query.limit + 1) \(offset)
            """)
        let found = try rows.prefix(query.limit).map { try AuditRow($0) }
        guard rows.count > query.limit, let last = found.last else { return AuditPage(rows: found, next: nil) }
        let cursor = PageCursor([last.event.timestamp.microseconds, last.id])
        return AuditPage(rows: found, next: try cursor.text(for: query.list, by: self.keyring))
    }
}

/// An event with the number of its row.
public struct AuditRow: Sendable, Hashable {
    /// The number of the row, which tells nothing but the order of writing.
    public let id: Int64
    /// What the row says.
    public let event: AuditEvent

    init(_ row: Row) throws {
        self.id = try row.decode("id")
        self.event = try AuditEvent(row)
    }
}

/// Some events, and how to get those after them.
public struct AuditPage: Sendable, Hashable {
    /// The newest first.
    public let rows: [AuditRow]
    /// The events of the rows.
    public var events: [AuditEvent] { self.rows.map(\.event) }
    /// The cursor of the next page, opaque, at most 128 characters; nil when there is none.
    public let next: String?
}
