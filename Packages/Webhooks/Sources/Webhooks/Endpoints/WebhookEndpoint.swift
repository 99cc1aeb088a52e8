public import Identity
public import Persistence
import StrictJSON

/// A receiver of webhooks.
public struct WebhookEndpoint: Hashable, Sendable {
    /// Why an endpoint gets nothing any more.
    public enum DisabledReason: String, Hashable, Sendable, SQLDecodable {
        /// It answered 410: it wants no messages.
        case gone
        /// Nothing arrived there for `failingLimit`.
        case failing
    }

    /// Names it: a UUID in lower case.
    public let id: String
    /// Whose messages it gets.
    public let organisation: OrganisationID
    /// Where they go, in its canonical form, with the values of its query masked: `https://hooks.example/x?token=***`. Paths may be secrets
    /// as well: for the people of the organisation only.
    public let url: String
    /// The names of the events that it gets, in the order given; empty for all.
    public let eventTypes: [String]
    /// When it was registered.
    public let createdAt: Timestamp
    /// Since when it gets nothing; nil while it is enabled.
    public let disabledAt: Timestamp?
    /// Why it gets nothing; nil while it is enabled.
    public let disabledReason: DisabledReason?
    /// The first failed attempt after the last success; nil when the last attempt succeeded or there was none.
    public let failingSince: Timestamp?
}

extension WebhookEndpoint {
    static let columns: SQL = "id, org_id, url, event_types, created_at, disabled_at, disabled_reason, failing_since"

    init(_ row: Row) throws(PersistenceError) {
        self.id = try row.decode("id")
        self.organisation = OrganisationID(unchecked: try row.decode("org_id"))
        self.url = MaskedURL.text(of: try row.decode("url"))
        self.eventTypes = try Self.eventTypes(in: row)
        self.createdAt = try row.decode("created_at")
        self.disabledAt = try row.decode("disabled_at")
        self.disabledReason = try row.decode("disabled_reason")
        self.failingSince = try row.decode("failing_since")
    }

    /// The column `event_types`.
    static func eventTypes(in row: Row) throws(PersistenceError) -> [String] {
        let text = try row.decode("event_types", as: String.self)
        guard let names = try? JSONValue(parsing: Array(text.utf8)).arrayValue?.compactMap(\.stringValue) else {
            throw PersistenceError(.decoding, message: "column event_types holds no list of names")
        }
        return names
    }
}
