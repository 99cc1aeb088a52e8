import Cryptography
public import Identity
import Persistence

extension WebhookEndpoints {
    /// The most deliveries of a page.
    public static let pageLimit = 200

    /// A page of what went to an endpoint, the newest first; costs the same wherever it begins.
    ///
    /// - Parameters:
    ///   - id: The endpoint.
    ///   - organisation: Whose it must be.
    ///   - limit: 1 to 200.
    ///   - cursor: Where the page before ended; nil for the first.
    /// - Throws: ``WebhooksError``: `unknownEndpoint`, `invalidPage`; `PersistenceError`.
    public func deliveries(
        to id: String, of organisation: OrganisationID, limit: Int = 50, after cursor: String? = nil
    ) async throws -> WebhookDeliveryPage {
        guard (1...Self.pageLimit).contains(limit) else {
            throw WebhooksError(.invalidPage, message: "the limit of a page is 1 to \(Self.pageLimit)")
        }
        let before = try cursor.map { try self.start($0, of: id) }
        let rows = try await self.database.read { connection in
            _ = try Self.endpoint(id, of: organisation, in: connection)
            // One more than is shown tells whether anything follows.
            return try connection.query(
                """
                SELECT d.id, d.message_id, m.event_type, d.status, d.attempts, d.last_status, d.last_error, d.last_attempt_at,
                    d.due_at, d.created_at, d.finished_at
                FROM webhook_deliveries d JOIN webhook_messages m ON m.id = d.message_id
                WHERE d.endpoint_id = \(id) AND d.id < \(before ?? Int64.max) ORDER BY d.id DESC LIMIT \(limit + 1)
                """)
        }
        let deliveries = try rows.prefix(limit).map { try WebhookDelivery($0) }
        guard rows.count > limit, let last = try rows.prefix(limit).last?.decode("id", as: Int64.self) else {
            return WebhookDeliveryPage(deliveries: deliveries, next: nil)
        }
        return WebhookDeliveryPage(
            deliveries: deliveries, next: try PageCursor([last]).text(for: Self.list(of: id), by: self.keyring))
    }

    /// The number of the delivery that a page begins behind.
    private func start(_ cursor: String, of id: String) throws -> Int64 {
        guard let cursor = try PageCursor(cursor, numbers: 1, for: Self.list(of: id), by: self.keyring) else {
            throw WebhooksError(.invalidPage, message: "the cursor was not made for this list")
        }
        return cursor.numbers[0]
    }

    /// Keeps cursors of other lists out, which are signed for the same purpose.
    private static func list(of id: String) -> [UInt8] { Array("gatehouse/1/webhook-deliveries/\(id)".utf8) }
}
