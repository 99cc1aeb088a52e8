import Cryptography
import Persistence

/// Where messages go, as a row of `webhook_endpoints` holds it.
struct StoredAddress: Hashable, Sendable {
    let endpointID: String
    /// The column `url`: the whole URL where it has no query, or where an older version wrote it; else it is masked.
    let shown: String
    /// The column `sealed_url`: the whole URL, sealed; nil where `shown` is whole.
    let sealed: [UInt8]?

    static let columns: SQL = "url, sealed_url"

    init(endpointID: String, shown: String, sealed: [UInt8]?) {
        self.endpointID = endpointID
        self.shown = shown
        self.sealed = sealed
    }

    init(_ row: Row, of endpointID: String) throws(PersistenceError) {
        self.init(endpointID: endpointID, shown: try row.decode("url"), sealed: try row.decode("sealed_url"))
    }
}

/// The URLs of endpoints whose query may be a secret: such a URL is sealed as a whole with the server's secret, for its endpoint, so that
/// nobody who changes a row can send the query elsewhere.
struct AddressTable {
    static let purpose = KeyPurpose("webhook-url")

    let keyring: SecretKeyring

    /// What is kept of a URL.
    func stored(_ url: String, of endpointID: String) throws(CryptographyError) -> StoredAddress {
        guard MaskedURL.hasQuery(url) else { return StoredAddress(endpointID: endpointID, shown: url, sealed: nil) }
        return StoredAddress(
            endpointID: endpointID, shown: MaskedURL.text(of: url),
            sealed: try self.keyring.seal(Array(url.utf8), for: Self.purpose, context: Array(endpointID.utf8)))
    }

    /// The whole URL.
    ///
    /// - Throws: ``WebhooksError`` with code `unreadableSecret`.
    func open(_ stored: StoredAddress) throws(WebhooksError) -> String {
        guard let sealed = stored.sealed else { return stored.shown }
        do {
            let bytes = try self.keyring.open(sealed, for: Self.purpose, context: Array(stored.endpointID.utf8))
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw WebhooksError(.unreadableSecret, message: "the URL of the endpoint cannot be opened", cause: error)
        }
    }

    /// Seals what an older version left in the clear, and anew what an older secret of the server has sealed.
    func sealAnew(in database: any Database) async throws {
        var last = ""
        while true {
            let rows = try await database.query(
                """
                SELECT id, \(StoredAddress.columns) FROM webhook_endpoints
                WHERE id > \(last) AND url LIKE '%?%' ORDER BY id LIMIT 200
                """)
            for row in rows {
                last = try row.decode("id")
                let stored = try StoredAddress(row, of: last)
                // One that cannot be opened fails where it is used.
                guard stored.sealed.map(self.keyring.isSealedWithOlderSecret) ?? true, let url = try? self.open(stored) else {
                    continue
                }
                let anew = try self.stored(url, of: last)
                try await database.write { connection in
                    try connection.execute(
                        """
                        UPDATE webhook_endpoints SET url = \(anew.shown), sealed_url = \(anew.sealed)
                        WHERE id = \(stored.endpointID) AND url = \(stored.shown)
                            AND \(Self.isStill(stored.sealed))
                        """)
                }
            }
            guard rows.count == 200 else { return }
        }
    }

    /// The condition that nobody has sealed the row meanwhile.
    private static func isStill(_ sealed: [UInt8]?) -> SQL {
        guard let sealed else { return "sealed_url IS NULL" }
        return "sealed_url = \(sealed)"
    }
}
