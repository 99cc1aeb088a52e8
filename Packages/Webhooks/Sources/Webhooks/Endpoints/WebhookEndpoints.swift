public import Cryptography
public import Identity
public import Logging
public import Outbound
public import Persistence
public import StandardWebhooks
import StrictJSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The receivers of an organisation: registers, lists, rotates, enables and deletes them.
///
/// A secret is told when it is made and never again; the database holds it sealed with the server's secret.
public struct WebhookEndpoints: Sendable {
    /// An endpoint just made, or one with a new secret.
    public struct Registered: Sendable {
        /// The endpoint.
        public let endpoint: WebhookEndpoint
        /// The secret, `whsec_…`, which the receiver checks signatures with: to be told now, and kept nowhere.
        public let secret: WebhookSecret
        /// After a rotation, when the older secrets stop signing; nil at registration.
        public let olderSecretsEndAt: Timestamp?
    }

    let database: any Database
    let client: OutboundClient
    let secrets: SecretTable
    let addresses: AddressTable
    let ledger: (any WebhookLedger)?
    let logger: Logger?
    let keyring: SecretKeyring
    let configuration: WebhookConfiguration
    let now: @Sendable () -> Timestamp

    /// Creates the collection over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where the chain `webhooks` is up to date.
    ///   - client: Says where messages may go; the dispatcher's own.
    ///   - keyring: The server's secrets, which seal those of endpoints and sign cursors.
    ///   - ledger: Where changes are recorded; nowhere if nil.
    ///   - logger: Hears of changes that were made, and whose outcome could not be recorded.
    ///   - configuration: Bounds.
    /// - Throws: ``WebhooksError`` with code `invalidConfiguration`.
    public init(
        database: any Database, client: OutboundClient, keyring: SecretKeyring, ledger: (any WebhookLedger)? = nil,
        logger: Logger? = nil, configuration: WebhookConfiguration = WebhookConfiguration()
    ) throws(WebhooksError) {
        try self.init(
            database: database, client: client, keyring: keyring, ledger: ledger, logger: logger,
            configuration: configuration, now: { Timestamp.now() })
    }

    package init(
        database: any Database, client: OutboundClient, keyring: SecretKeyring, ledger: (any WebhookLedger)? = nil,
        logger: Logger? = nil, configuration: WebhookConfiguration,
        now: @escaping @Sendable () -> Timestamp
    ) throws(WebhooksError) {
        try configuration.validate()
        self.database = database
        self.client = client
        self.secrets = SecretTable(keyring: keyring)
        self.addresses = AddressTable(keyring: keyring)
        self.ledger = ledger
        self.logger = logger
        self.keyring = keyring
        self.configuration = configuration
        self.now = now
    }

    /// Registers a receiver.
    ///
    /// Its name is resolved now, and every address must be allowed; each attempt checks again.
    ///
    /// - Parameters:
    ///   - url: Where messages go, `https://…` unless the client's policy allows more.
    ///   - eventTypes: The names of events that it gets, at most 50; empty for all.
    ///   - organisation: Whose messages it gets.
    ///   - author: Who asks, for the record; nil for the program itself.
    /// - Throws: ``WebhooksError``: `refusedURL`, `destinationUnknown`, `invalidEventType`, `tooManyEndpoints`, `unrecorded`;
    ///   `PersistenceError`.
    public func register(
        url: String, eventTypes: [String], organisation: OrganisationID, by author: WebhookAuthor? = nil
    ) async throws -> Registered {
        guard eventTypes.count <= WebhookEventType.limit else {
            throw WebhooksError(.invalidEventType, message: "an endpoint lists at most \(WebhookEventType.limit) events")
        }
        for name in eventTypes { try self.check(eventType: name) }
        let url = try await self.checked(url)
        let secret = try WebhookSecret.random()
        let id = UUID().sqlText
        let address = try self.addresses.stored(url.text, of: id)
        let endpoint = WebhookEndpoint(
            id: id, organisation: organisation, url: MaskedURL.text(of: url.text), eventTypes: eventTypes, createdAt: self.now(),
            disabledAt: nil, disabledReason: nil, failingSince: nil)
        try await self.recording(.register, on: id, of: organisation, origin: url.origin, by: author) {
            try await self.insert(endpoint, at: address, secret)
        }
        return Registered(endpoint: endpoint, secret: secret, olderSecretsEndAt: nil)
    }

    private func insert(_ endpoint: WebhookEndpoint, at address: StoredAddress, _ secret: WebhookSecret) async throws {
        let organisation = endpoint.organisation
        let names = String(decoding: JSONValue.array(endpoint.eventTypes.map { .string($0) }).compactBytes(), as: UTF8.self)
        // Serializable: of two registrations at once, one sees the other.
        try await self.database.transaction(retries: 5) { connection in
            let count = try connection.queryOne(
                "SELECT count(*) AS n FROM webhook_endpoints WHERE org_id = \(organisation.text)")?.decode("n", as: Int.self)
            guard (count ?? 0) < self.configuration.endpointsPerOrganisation else {
                throw WebhooksError(
                    .tooManyEndpoints,
                    message: "an organisation has at most \(self.configuration.endpointsPerOrganisation) webhook endpoints")
            }
            try connection.execute(
                """
                INSERT INTO webhook_endpoints (id, org_id, url, sealed_url, event_types, created_at)
                VALUES (\(endpoint.id), \(organisation.text), \(address.shown), \(address.sealed), \(json: names),
                    \(endpoint.createdAt))
                """)
            try self.secrets.insert(secret, number: 1, of: endpoint.id, at: endpoint.createdAt, in: connection)
        }
    }

    private func check(eventType name: String) throws(WebhooksError) {
        try WebhookEventType.check(name)
        let known = self.configuration.eventTypes
        guard known.isEmpty || known.contains(name) else {
            throw WebhooksError(
                .invalidEventType, message: "there is no such event; there are \(known.sorted().joined(separator: ", "))")
        }
    }

    /// All endpoints of an organisation, the oldest first.
    ///
    /// - Throws: `PersistenceError`.
    public func all(of organisation: OrganisationID) async throws -> [WebhookEndpoint] {
        try await self.database.query(
            """
            SELECT \(WebhookEndpoint.columns) FROM webhook_endpoints WHERE org_id = \(organisation.text)
            ORDER BY created_at, id LIMIT 1000
            """
        ).map { try WebhookEndpoint($0) }
    }

    /// Deletes an endpoint with its secrets and everything on its way there.
    ///
    /// An attempt that has begun may still arrive.
    ///
    /// - Parameters:
    ///   - id: The endpoint.
    ///   - organisation: Whose it must be.
    ///   - author: Who asks, for the record; nil for the program itself.
    /// - Throws: ``WebhooksError``: `unknownEndpoint`, `unrecorded`; `PersistenceError`.
    public func delete(_ id: String, of organisation: OrganisationID, by author: WebhookAuthor? = nil) async throws {
        guard UUID(sqlText: id) != nil else { throw Self.unknown }
        try await self.recording(.delete, on: id, of: organisation, by: author) {
            let count = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                try connection.execute("DELETE FROM webhook_endpoints WHERE id = \(id) AND org_id = \(organisation.text)")
            }
            guard count > 0 else { throw Self.unknown }
        }
    }

    /// Makes a new secret; the older ones sign too until the overlap ends, so that the receiver can change over without a gap.
    ///
    /// No older secret signs for longer than the overlap: zero ends them all at once, as is right when one has leaked.
    ///
    /// - Parameters:
    ///   - id: The endpoint.
    ///   - organisation: Whose it must be.
    ///   - overlap: 0 to 30 days.
    ///   - author: Who asks, for the record; nil for the program itself.
    /// - Throws: ``WebhooksError``: `unknownEndpoint`, `invalidOverlap`, `tooManySecrets` when five secrets would sign at once,
    ///   `unrecorded`; `PersistenceError`.
    public func rotate(
        _ id: String, of organisation: OrganisationID, overlap: Duration, by author: WebhookAuthor? = nil
    ) async throws -> Registered {
        guard (.zero...Duration.seconds(30 * 86_400)).contains(overlap) else {
            throw WebhooksError(.invalidOverlap, message: "the overlap of two secrets is 0 to 30 days")
        }
        guard UUID(sqlText: id) != nil else { throw Self.unknown }
        let secret = try WebhookSecret.random()
        let now = self.now()
        let end = now.advanced(by: overlap)
        let endpoint = try await self.recording(.rotate, on: id, of: organisation, by: author) {
            try await self.database.transaction(retries: 5) { connection in
                let endpoint = try Self.endpoint(id, of: organisation, in: connection)
                try connection.execute(
                    """
                    UPDATE webhook_secrets SET ends_at = \(end)
                    WHERE endpoint_id = \(id) AND (ends_at IS NULL OR ends_at > \(end))
                    """)
                try connection.execute("DELETE FROM webhook_secrets WHERE endpoint_id = \(id) AND ends_at <= \(now)")
                let row = try connection.queryOne(
                    "SELECT count(*) AS n, coalesce(max(number), 0) AS last FROM webhook_secrets WHERE endpoint_id = \(id)")
                guard try row?.decode("n", as: Int.self) ?? 0 < SecretTable.validLimit else {
                    throw WebhooksError(
                        .tooManySecrets,
                        message: "\(SecretTable.validLimit) secrets of the endpoint are valid; rotate with a shorter overlap")
                }
                let last = try row?.decode("last", as: Int.self) ?? 0
                try self.secrets.insert(secret, number: last + 1, of: id, at: now, in: connection)
                return endpoint
            }
        }
        return Registered(endpoint: endpoint, secret: secret, olderSecretsEndAt: end)
    }

    /// Enables an endpoint again, from now on: what was on its way there when it was disabled stays cancelled.
    ///
    /// An endpoint that is enabled stays so.
    ///
    /// - Parameters:
    ///   - id: The endpoint.
    ///   - organisation: Whose it must be.
    ///   - author: Who asks, for the record; nil for the program itself.
    /// - Throws: ``WebhooksError``: `unknownEndpoint`, `unreadableSecret`, `unrecorded`, and `refusedURL` or `destinationUnknown` as
    ///   ``register(url:eventTypes:organisation:by:)``; `PersistenceError`.
    public func enable(
        _ id: String, of organisation: OrganisationID, by author: WebhookAuthor? = nil
    ) async throws -> WebhookEndpoint {
        let address = try await self.database.read { connection in
            guard UUID(sqlText: id) != nil,
                let row = try connection.queryOne(
                    """
                    SELECT \(StoredAddress.columns) FROM webhook_endpoints WHERE id = \(id) AND org_id = \(organisation.text)
                    """)
            else { throw Self.unknown }
            return try StoredAddress(row, of: id)
        }
        let url = try await self.checked(try self.addresses.open(address))
        return try await self.recording(.enable, on: id, of: organisation, origin: url.origin, by: author) {
            try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                try connection.execute(
                    """
                    UPDATE webhook_endpoints
                    SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL, paused_until = NULL
                    WHERE id = \(id) AND org_id = \(organisation.text) AND disabled_at IS NOT NULL
                    """)
                return try Self.endpoint(id, of: organisation, in: connection)
            }
        }
    }

    static func endpoint(
        _ id: String, of organisation: OrganisationID, in connection: any DatabaseConnection
    ) throws -> WebhookEndpoint {
        guard !id.utf8.contains(0),
            let row = try connection.queryOne(
                """
                SELECT \(WebhookEndpoint.columns) FROM webhook_endpoints
                WHERE id = \(id) AND org_id = \(organisation.text)
                """)
        else { throw Self.unknown }
        return try WebhookEndpoint(row)
    }

    static var unknown: WebhooksError {
        WebhooksError(.unknownEndpoint, message: "Webhook endpoint not found")
    }

    private func checked(_ text: String) async throws -> OutboundURL {
        do throws(OutboundError) {
            let url = try self.client.policy.check(text)
            try await self.client.check(url)
            return url
        } catch {
            switch error.code {
            case .cancelled: throw CancellationError()
            case .timedOut, .overloaded:
                throw WebhooksError(.destinationUnknown, message: "where the URL leads cannot be found out now", cause: error)
            default: throw WebhooksError(.refusedURL, message: error.message, cause: error)
            }
        }
    }
}
