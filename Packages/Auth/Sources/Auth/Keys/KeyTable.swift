import Cryptography
import Identity
import Persistence
import StrictJSON

/// The statements over `users` and `caller_keys`.
///
/// A key stands in `users.api_key_hash` (the place that CONTRACTS §2.1 prescribes; the first key of a user, or one that
/// an older tool wrote there), or in `caller_keys`. A first key of ours has a row in both: `caller_keys` then holds its
/// id, dates and revocation, and the key is valid only while both agree.
enum KeyTable {
    /// Finds the caller of a digest: one statement over all places, each part an equality on a unique index.
    static func caller(for digest: SHA256Digest, on connection: any DatabaseConnection) throws(PersistenceError) -> CallerCache
        .Entry?
    {
        let hex = digest.hex
        let row = try connection.queryOne(
            """
            SELECT u.id AS user_id, k.id AS key_id, k.person AS person, k.scopes AS scopes, k.expires_at AS expires_at
            FROM users u LEFT JOIN caller_keys k ON k.digest = u.api_key_hash
            WHERE u.api_key_hash = \(hex) AND k.revoked_at IS NULL
            UNION ALL
            SELECT u.id, k.id, k.person, k.scopes, k.expires_at
            FROM caller_keys k JOIN users u ON u.id = k.owner_id
            WHERE k.digest = \(hex) AND k.owner_kind = 'user' AND NOT k.is_primary AND k.revoked_at IS NULL
            LIMIT 1
            """
        )
        guard let row else { return nil }
        let caller = Caller(
            id: CallerID(unchecked: try row.decode("user_id")),
            kind: .user,
            trustLevel: .low,
            keyID: try row.decode("key_id", as: String?.self).map { KeyID(unchecked: $0) },
            person: try row.decode("person", as: String?.self).map { PersonID(unchecked: $0) },
            scopes: Self.scopes(try row.decode("scopes"))
        )
        return CallerCache.Entry(caller: caller, expiresAt: try row.decode("expires_at"))
    }

    /// Stores a new key of a user.
    ///
    /// - Parameter isPrimary: Whether `users.api_key_hash` has it as well.
    static func insert(
        _ key: APIKey,
        for userID: String,
        isPrimary: Bool,
        details: KeyDetails,
        at now: Timestamp,
        on connection: any DatabaseConnection
    ) throws(PersistenceError) {
        try connection.execute(
            """
            INSERT INTO caller_keys (id, digest, owner_kind, owner_id, is_primary, label, person, scopes, created_at, expires_at)
            VALUES (\(key.publicID.text), \(key.digest.hex), 'user', \(userID), \(isPrimary), \(details.label),
                \(details.person), \(json: Self.text(of: details.scopes)), \(now), \(details.expiresAt))
            """
        )
    }

    /// The keys of one owner or of all, newest first.
    static func list(ownerID: String?, limit: Int, on connection: any DatabaseConnection) throws(PersistenceError) -> [KeyRecord]
    {
        let filter: SQL = ownerID.map { "WHERE owner_id = \($0)" } ?? ""
        let rows = try connection.query(
            """
            SELECT id, owner_kind, owner_id, label, person, created_at, expires_at, revoked_at, last_used_at
            FROM caller_keys \(filter) ORDER BY created_at DESC, id LIMIT \(limit)
            """
        )
        var records: [KeyRecord] = []
        for row in rows { records.append(try KeyRecord(row)) }
        return records
    }

    /// Ends a key now.
    ///
    /// - Returns: Whether the key exists, and whether it was valid until now.
    static func revoke(
        _ id: KeyID, at now: Timestamp, on connection: any DatabaseConnection
    ) throws(PersistenceError) -> (exists: Bool, wasValid: Bool) {
        guard let row = try connection.queryOne("SELECT digest, revoked_at FROM caller_keys WHERE id = \(id.text)") else {
            return (false, false)
        }
        guard try row.decode("revoked_at", as: Timestamp?.self) == nil else { return (true, false) }
        try connection.execute("UPDATE caller_keys SET revoked_at = \(now) WHERE id = \(id.text)")
        // Older tools look only here.
        let digest = try row.decode("digest", as: String.self)
        try connection.execute("UPDATE users SET api_key_hash = NULL, updated_at = \(now) WHERE api_key_hash = \(digest)")
        return (true, true)
    }

    /// The number that grows with every change after which a key may no longer be valid.
    static func changeCount(on connection: any DatabaseConnection) throws(PersistenceError) -> Int64 {
        try connection.queryOne("SELECT changes FROM caller_key_changes WHERE id = 1")?.decode("changes") ?? 0
    }

    /// Notes when keys were used.
    static func markUsed(_ uses: [KeyID: Timestamp], on connection: any DatabaseConnection) throws(PersistenceError) {
        for (id, instant) in uses {
            try connection.execute(
                """
                UPDATE caller_keys SET last_used_at = \(instant)
                WHERE id = \(id.text) AND (last_used_at IS NULL OR last_used_at < \(instant))
                """
            )
        }
    }

    private static func scopes(_ json: String?) -> ScopeSet {
        guard let json else { return .unrestricted }
        // What cannot be read as a list of scopes allows nothing.
        let elements = (try? JSONValue(parsing: Array(json.utf8)))?.arrayValue ?? []
        return .limited(Set(elements.compactMap { $0.stringValue.flatMap { Scope($0) } }))
    }

    private static func text(of scopes: ScopeSet) -> String? {
        guard case .limited(let scopes) = scopes else { return nil }
        return JSONValue.array(scopes.sorted().map { .string($0.text) }).description
    }
}
