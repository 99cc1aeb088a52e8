import Cryptography
import Persistence
import StandardWebhooks

/// The secrets of endpoints, sealed with the server's secret; each may only be opened as what it is: this number of this endpoint.
struct SecretTable {
    static let purpose = KeyPurpose("webhook-secret")
    /// How many secrets of an endpoint sign at once; the standard's receivers expect a few.
    static let validLimit = 5

    let keyring: SecretKeyring

    /// Adds a secret, which becomes the current one.
    func insert(
        _ secret: WebhookSecret, number: Int, of endpointID: String, at now: Timestamp, in connection: any DatabaseConnection
    ) throws {
        let sealed = try self.keyring.seal(
            Array(secret.text.utf8), for: Self.purpose, context: Self.context(endpointID, number))
        try connection.execute(
            """
            INSERT INTO webhook_secrets (endpoint_id, number, sealed, created_at)
            VALUES (\(endpointID), \(number), \(sealed), \(now))
            """)
    }

    /// The sealed secrets that sign at an instant, the newest first.
    static func valid(
        of endpointID: String, at now: Timestamp, in connection: any DatabaseConnection
    ) throws(PersistenceError) -> [SealedSecret] {
        let rows = try connection.query(
            """
            SELECT number, sealed FROM webhook_secrets
            WHERE endpoint_id = \(endpointID) AND (ends_at IS NULL OR ends_at > \(now))
            ORDER BY number DESC LIMIT \(Self.validLimit)
            """)
        var secrets: [SealedSecret] = []
        for row in rows {
            secrets.append(
                SealedSecret(endpointID: endpointID, number: try row.decode("number"), bytes: try row.decode("sealed")))
        }
        return secrets
    }

    /// Opens a secret.
    ///
    /// - Throws: ``WebhooksError`` with code `unreadableSecret`.
    func open(_ sealed: SealedSecret) throws(WebhooksError) -> WebhookSecret {
        do {
            let bytes = try self.keyring.open(
                sealed.bytes, for: Self.purpose, context: Self.context(sealed.endpointID, sealed.number))
            return try WebhookSecret(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw WebhooksError(.unreadableSecret, message: "the secret of the endpoint cannot be opened", cause: error)
        }
    }

    /// Seals anew what an older secret of the server has sealed, so that this one can be dropped.
    func sealAnew(in database: any Database) async throws {
        var last = (endpointID: "", number: 0)
        while true {
            let rows = try await database.query(
                """
                SELECT endpoint_id, number, sealed FROM webhook_secrets
                WHERE (endpoint_id, number) > (\(last.endpointID), \(last.number)) ORDER BY endpoint_id, number LIMIT 200
                """)
            for row in rows {
                last = (try row.decode("endpoint_id"), try row.decode("number"))
                let sealed = SealedSecret(endpointID: last.endpointID, number: last.number, bytes: try row.decode("sealed"))
                // One that cannot be opened fails where it is used.
                guard self.keyring.isSealedWithOlderSecret(sealed.bytes), let secret = try? self.open(sealed) else { continue }
                let anew = try self.keyring.seal(
                    Array(secret.text.utf8), for: Self.purpose, context: Self.context(last.endpointID, last.number))
                try await database.write { connection in
                    try connection.execute(
                        """
                        UPDATE webhook_secrets SET sealed = \(anew)
                        WHERE endpoint_id = \(sealed.endpointID) AND number = \(sealed.number) AND sealed = \(sealed.bytes)
                        """)
                }
            }
            guard rows.count == 200 else { return }
        }
    }

    private static func context(_ endpointID: String, _ number: Int) -> [UInt8] {
        Array("\(endpointID)/\(number)".utf8)
    }
}

/// A secret as the table holds it.
struct SealedSecret: Hashable, Sendable {
    let endpointID: String
    let number: Int
    let bytes: [UInt8]
}
