import Cryptography
import Persistence

/// What the dispatcher asks of the tables before an attempt.
struct DispatchTable {
    /// The endpoints that one look may see; further ones are seen by the next.
    static let lookLimit = 1_000

    struct Look: Sendable {
        var endpoints: [BusyEndpoint] = []
        /// Where the next look goes on; nil when this one reached the end.
        var last: String?
    }

    let database: any Database
    let configuration: WebhookConfiguration

    /// The endpoints with deliveries that wait, in the order of their ids, from behind one on.
    ///
    /// It steps from one endpoint to the next within the index of what waits, so it costs the same however much waits for each
    /// endpoint, and next to nothing when nothing waits.
    func look(after id: String) async throws -> Look {
        let rows = try await self.database.query(
            """
            WITH RECURSIVE busy(endpoint_id, place) AS (
                SELECT min(d.endpoint_id), 1 FROM webhook_deliveries d WHERE d.status = 'pending' AND d.endpoint_id > \(id)
                UNION ALL
                SELECT (
                    SELECT min(d.endpoint_id) FROM webhook_deliveries d
                    WHERE d.status = 'pending' AND d.endpoint_id > busy.endpoint_id
                ), busy.place + 1
                FROM busy WHERE busy.endpoint_id IS NOT NULL AND busy.place < \(Self.lookLimit)
            )
            SELECT busy.endpoint_id, busy.place, e.disabled_at, e.paused_until, e.failing_since, (
                SELECT min(d.due_at) FROM webhook_deliveries d WHERE d.status = 'pending' AND d.endpoint_id = busy.endpoint_id
            ) AS due_at
            FROM busy JOIN webhook_endpoints e ON e.id = busy.endpoint_id
            """)
        var look = Look()
        for row in rows {
            let id = try row.decode("endpoint_id", as: String.self)
            if try row.decode("place", as: Int.self) == Self.lookLimit { look.last = id }
            // What waits for a disabled endpoint was enqueued while it was being disabled; the sweep cancels it.
            guard try row.decode("disabled_at", as: Timestamp?.self) == nil,
                let due = try row.decode("due_at", as: Timestamp?.self)
            else { continue }
            let rest = try row.decode("paused_until", as: Timestamp?.self)
            let isFailing = try row.decode("failing_since", as: Timestamp?.self) != nil
            look.endpoints.append(BusyEndpoint(id: id, dueAt: max(due, rest ?? due), isFailing: isFailing))
        }
        return look
    }

    /// Makes due attempts this server's own; of several servers that try, each gets others.
    func claim(_ allotments: [SlotTable.Allotment], at now: Timestamp) async throws -> [Claim] {
        let token = Hex.encode(try Random.bytes(count: 16))
        let end = now.advanced(by: self.configuration.claimTime)
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            var claims: [Claim] = []
            for allotment in allotments {
                let ids = try Self.due(allotment, at: now, in: connection)
                guard !ids.isEmpty else { continue }
                // The conditions stand here again: on SQLite the transaction alone keeps others out.
                try connection.execute(
                    """
                    UPDATE webhook_deliveries SET claim = \(token), due_at = \(end), attempts = attempts + 1
                    WHERE id IN \(list: ids) AND status = 'pending' AND due_at <= \(now) AND \(Self.isReady(at: now))
                    """)
                claims += try Self.claims(ids, allotment, token, endsAt: end, at: now, in: connection)
            }
            return claims
        }
    }

    /// How many deliveries wait, counted up to a million.
    func depth() async throws -> Int {
        try await self.database.queryOne(
            """
            SELECT count(*) AS n FROM (SELECT 1 FROM webhook_deliveries WHERE status = 'pending' LIMIT 1000000) AS waiting
            """)?.decode("n") ?? 0
    }

    /// Whether the endpoint of a delivery takes attempts; since it was looked at it may have been disabled, or have asked for rest.
    private static func isReady(at now: Timestamp) -> SQL {
        """
        EXISTS (
            SELECT 1 FROM webhook_endpoints e
            WHERE e.id = webhook_deliveries.endpoint_id AND e.disabled_at IS NULL
                AND (e.paused_until IS NULL OR e.paused_until <= \(now))
        )
        """
    }

    private static func due(
        _ allotment: SlotTable.Allotment, at now: Timestamp, in connection: any DatabaseConnection
    ) throws -> [Int64] {
        // Rows that another server is claiming at this moment are passed over instead of waited for.
        let lock: SQL = connection.dialect == .postgres ? "FOR UPDATE SKIP LOCKED" : ""
        return try connection.query(
            """
            SELECT id FROM webhook_deliveries
            WHERE endpoint_id = \(allotment.endpointID) AND status = 'pending' AND due_at <= \(now) AND \(Self.isReady(at: now))
            ORDER BY due_at, id LIMIT \(allotment.count) \(lock)
            """
        ).map { try $0.decode("id") }
    }

    private static func claims(
        _ ids: [Int64], _ allotment: SlotTable.Allotment, _ token: String, endsAt end: Timestamp, at now: Timestamp,
        in connection: any DatabaseConnection
    ) throws -> [Claim] {
        let secrets = try SecretTable.valid(of: allotment.endpointID, at: now, in: connection)
        return try connection.query(
            """
            SELECT d.id, d.attempts, m.id AS message_id, m.body, e.url, e.sealed_url
            FROM webhook_deliveries d
                JOIN webhook_messages m ON m.id = d.message_id
                JOIN webhook_endpoints e ON e.id = d.endpoint_id
            WHERE d.id IN \(list: ids) AND d.claim = \(token) AND e.disabled_at IS NULL
            ORDER BY d.id
            """
        ).map { row in
            Claim(
                deliveryID: try row.decode("id"), endpointID: allotment.endpointID, token: token,
                attempt: try row.decode("attempts"), endsAt: end, isFailing: allotment.isFailing,
                messageID: try row.decode("message_id"), body: try row.decode("body"),
                address: try StoredAddress(row, of: allotment.endpointID),
                secrets: secrets)
        }
    }
}
