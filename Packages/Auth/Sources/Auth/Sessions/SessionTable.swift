import Cryptography
import Identity
import Persistence

/// The statements over `admin_sessions`.
enum SessionTable {
    /// What a new session is made of.
    struct Opening: Sendable {
        let token: String
        let keyID: KeyID
        let now: Timestamp
        let lifetime: Duration
        /// Most sessions that the key has afterwards.
        let limit: Int

        var digest: SHA256Digest { SHA256.hash(self.token.utf8) }
    }

    /// Opens a session; what has expired of the same key goes, and then the oldest that are too many.
    ///
    /// - Returns: `nil` when the key is not an administrator's valid key at this moment.
    static func open(_ opening: Opening, on connection: any DatabaseConnection) throws(PersistenceError) -> AdminSession? {
        let lock = KeyTable.rowLock(connection.dialect)
        // Two that open sessions with one key take turns, so that they count each other's.
        _ = try connection.queryOne("SELECT 1 AS found FROM caller_keys WHERE id = \(opening.keyID.text) \(lock)")
        let row = try connection.queryOne(
            """
            SELECT a.id, a.caller_id, a.environment, a.org_id, k.expires_at
            FROM caller_keys k JOIN api_keys a ON a.caller_id = k.owner_id
            WHERE k.id = \(opening.keyID.text) AND a.role = 'admin' AND \(KeyTable.isValidGatewayKey)
            """
        )
        guard let row else { return nil }
        let endOfKey = try row.decode("expires_at", as: Timestamp?.self) ?? .latest
        guard endOfKey > opening.now else { return nil }
        let expiresAt = min(opening.now.advanced(by: opening.lifetime), endOfKey)
        let digest = opening.digest.hex
        try connection.execute(
            "DELETE FROM admin_sessions WHERE key_id = \(opening.keyID.text) AND expires_at <= \(opening.now)")
        try connection.execute(
            """
            INSERT INTO admin_sessions (digest, key_id, created_at, expires_at)
            VALUES (\(digest), \(opening.keyID.text), \(opening.now), \(expiresAt))
            """
        )
        try connection.execute(
            """
            DELETE FROM admin_sessions WHERE key_id = \(opening.keyID.text) AND digest <> \(digest) AND digest NOT IN (
                SELECT digest FROM admin_sessions WHERE key_id = \(opening.keyID.text) AND digest <> \(digest)
                ORDER BY created_at DESC, digest LIMIT \(max(opening.limit, 1) - 1))
            """
        )
        return AdminSession(
            token: opening.token,
            callerID: CallerID(unchecked: try row.decode("caller_id")),
            role: .admin,
            environment: EnvironmentName(try row.decode("environment", as: String.self)),
            apiKeyID: try row.decode("id"),
            organisation: OrganisationID(unchecked: try row.decode("org_id")),
            expiresAt: expiresAt
        )
    }

    /// Ends a session.
    ///
    /// - Returns: Whether there was one.
    static func end(_ digest: SHA256Digest, in database: any Database) async throws -> Bool {
        try await database.write { connection in
            try connection.execute("DELETE FROM admin_sessions WHERE digest = \(digest.hex)") == 1
        }
    }

    /// Removes at most `limit` sessions that have expired.
    ///
    /// - Returns: How many were removed.
    static func removeExpired(at now: Timestamp, limit: Int, in database: any Database) async throws -> Int {
        try await database.write { connection in
            try connection.execute(
                """
                DELETE FROM admin_sessions WHERE digest IN (
                    SELECT digest FROM admin_sessions WHERE expires_at <= \(now) ORDER BY expires_at LIMIT \(limit))
                """
            )
        }
    }
}
