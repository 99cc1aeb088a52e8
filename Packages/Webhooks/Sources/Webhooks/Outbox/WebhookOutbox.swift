import Cryptography
public import Identity
public import Persistence
public import StrictJSON

/// Takes messages within the transaction of what they tell of, so that neither is there without the other.
///
/// ```swift
/// try await database.transaction(retries: 3) { connection in
///     try connection.execute("INSERT INTO approval_requests …")
///     try outbox.enqueue("approval.required", data: ["approval_id": "7"], organisation: organisation, in: connection)
/// }
/// outbox.wake()
/// ```
///
/// The body that receivers get, and that is signed:
///
/// ```json
/// {"type":"approval.required","timestamp":"2026-11-20T21:52:36.972357Z","data":{"approval_id":"7"}}
/// ```
///
/// - Warning: `data` is kept in the clear and leaves the house: tokens, arguments of tools and other secrets must not be in it. That is
///   the duty of whoever enqueues.
public final class WebhookOutbox: Sendable {
    /// The body of a message has fewer bytes than this. Source: Standard Webhooks 1.0.0, "Payload size".
    public static let bodyLimit = 20_000

    private let configuration: WebhookConfiguration
    private let now: @Sendable () -> Timestamp
    /// What wakes the dispatcher of this process.
    let alarm = Alarm()

    /// Creates an outbox; one for the process, shared with its ``WebhookDispatcher``.
    ///
    /// - Throws: ``WebhooksError`` with code `invalidConfiguration`.
    public convenience init(configuration: WebhookConfiguration = WebhookConfiguration()) throws(WebhooksError) {
        try self.init(configuration: configuration, now: { Timestamp.now() })
    }

    package init(configuration: WebhookConfiguration, now: @escaping @Sendable () -> Timestamp) throws(WebhooksError) {
        try configuration.validate()
        self.configuration = configuration
        self.now = now
    }

    /// Puts a message on its way to every enabled endpoint of an organisation that wants its type.
    ///
    /// Called within a transaction; nothing is sent when that is rolled back, nor before it is committed. An endpoint for which
    /// ``WebhookConfiguration/backlogLimit`` deliveries wait gets a delivery that has failed already, as `backlogFull`.
    ///
    /// - Parameters:
    ///   - type: The name of the event, as ``WebhookEventType`` wants it.
    ///   - data: What there is to tell; see the warning.
    ///   - organisation: Whose endpoints get it.
    ///   - connection: The connection of the transaction.
    /// - Returns: The id of the message, such as `msg_2f9cL0…`, which all attempts carry as `webhook-id`; nil when nobody wants it, and
    ///   then nothing is kept.
    /// - Throws: ``WebhooksError``: `invalidEventType`, `messageTooLarge`; `PersistenceError`; `CryptographyError` without random bytes.
    @discardableResult
    public func enqueue(
        _ type: String, data: JSONValue, organisation: OrganisationID, in connection: any DatabaseConnection
    ) throws -> String? {
        let now = self.now()
        let body = try Self.body(type, data: data, at: now)
        let endpoints = try connection.query(
            """
            SELECT id, event_types FROM webhook_endpoints
            WHERE org_id = \(organisation.text) AND disabled_at IS NULL ORDER BY id LIMIT 1000
            """
        ).compactMap { row in
            let names = try WebhookEndpoint.eventTypes(in: row)
            return names.isEmpty || names.contains { $0.utf8.elementsEqual(type.utf8) }
                ? try row.decode("id", as: String.self) : nil
        }
        guard !endpoints.isEmpty else { return nil }
        let id = "msg_\(try Random.base62Text(count: 27))"
        try connection.execute(
            """
            INSERT INTO webhook_messages (id, org_id, event_type, body, created_at)
            VALUES (\(id), \(organisation.text), \(type), \(body), \(now))
            """)
        for endpointID in endpoints {
            if try self.hasRoom(for: endpointID, in: connection) {
                try connection.execute(
                    """
                    INSERT INTO webhook_deliveries (message_id, endpoint_id, status, attempts, due_at, created_at)
                    VALUES (\(id), \(endpointID), 'pending', 0, \(now), \(now))
                    """)
            } else {
                try connection.execute(
                    """
                    INSERT INTO webhook_deliveries
                        (message_id, endpoint_id, status, attempts, last_error, created_at, finished_at)
                    VALUES (\(id), \(endpointID), 'failed', 0, 'backlogFull', \(now), \(now))
                    """)
            }
        }
        return id
    }

    /// Tells the dispatcher of this process that a transaction with messages has been committed; without it they wait for
    /// ``WebhookConfiguration/pollPause``, as those of other processes do.
    public func wake() {
        self.alarm.ring()
    }

    /// The body of a message; for who wants to know before the transaction whether it can be sent.
    ///
    /// - Throws: ``WebhooksError``: `invalidEventType`, `messageTooLarge`.
    public static func body(_ type: String, data: JSONValue, at time: Timestamp) throws(WebhooksError) -> String {
        try WebhookEventType.check(type)
        let bytes = JSONValue.object(
            JSONObject([("type", .string(type)), ("timestamp", .string(time.rfc3339)), ("data", data)])
        ).compactBytes()
        guard bytes.count < Self.bodyLimit else {
            throw WebhooksError(
                .messageTooLarge,
                message: "the body of a webhook has \(bytes.count) bytes; it must have fewer than \(Self.bodyLimit)")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func hasRoom(for endpointID: String, in connection: any DatabaseConnection) throws -> Bool {
        let row = try connection.queryOne(
            """
            SELECT count(*) AS n FROM (
                SELECT 1 FROM webhook_deliveries WHERE endpoint_id = \(endpointID) AND status = 'pending'
                LIMIT \(self.configuration.backlogLimit)
            ) AS waiting
            """)
        return try row?.decode("n", as: Int.self) ?? 0 < self.configuration.backlogLimit
    }
}
