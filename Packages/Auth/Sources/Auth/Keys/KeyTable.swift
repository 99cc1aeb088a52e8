import Cryptography
import Identity
import Persistence
import StrictJSON

/// The statements over `users`, `api_keys` and `caller_keys`.
///
/// A user's key stands in `users.api_key_hash` (the place that CONTRACTS §2.1 prescribes; the first key of a user, or one
/// that an older tool wrote there), or in `caller_keys`. A first key of ours has a row in both: `caller_keys` then holds its
/// id, dates and revocation, and the key is valid only while both agree. It is the same with gateway callers, whose
/// prescribed place is `api_keys.key_hash`.
enum KeyTable {
    /// Whose a new key is.
    struct Owner: Sendable {
        let kind: Caller.Kind
        let id: String
        /// Whether the prescribed place has the key as well.
        var hasPrescribedPlace = false
        /// What `api_keys.key_hash` has of it.
        var keyHash: String?
    }

    /// Stores a new key.
    static func insert(
        _ key: APIKey, for owner: Owner, details: KeyDetails, at now: Timestamp, on connection: any DatabaseConnection
    ) throws(PersistenceError) {
        try connection.execute(
            """
            INSERT INTO caller_keys (id, digest, owner_kind, owner_id, is_primary, label, person, scopes, created_at, expires_at,
                key_hash)
            VALUES (\(key.publicID.text), \(key.digest.hex), \(owner.kind.rawValue), \(owner.id), \(owner.hasPrescribedPlace),
                \(details.label), \(details.person), \(json: Self.text(of: details.scopes)), \(now), \(details.expiresAt),
                \(owner.keyHash))
            """
        )
    }

    /// The keys of one owner or of all, newest first.
    static func list(ownerID: String?, limit: Int, in database: any Database) async throws -> [KeyRecord] {
        let filter: SQL = ownerID.map { "WHERE owner_id = \($0)" } ?? ""
        let rows = try await database.query(
            """
            SELECT id, owner_kind, owner_id, label, person, created_at, expires_at, revoked_at, last_used_at, replaced_by
            FROM caller_keys \(filter) ORDER BY created_at DESC, id LIMIT \(limit)
            """
        )
        var records: [KeyRecord] = []
        for row in rows { records.append(try KeyRecord(row)) }
        return records
    }

    /// Ends a key now.
    ///
    /// - Parameter nobodysHash: Takes the place of the key's hash in `api_keys`, where a row must have one.
    /// - Returns: Whether the key exists, and whether it was valid until now.
    static func revoke(
        _ id: KeyID, at now: Timestamp, replacingHashBy nobodysHash: String, on connection: any DatabaseConnection
    ) throws(PersistenceError) -> (exists: Bool, wasValid: Bool) {
        let ended = try connection.queryOne(
            """
            UPDATE caller_keys SET revoked_at = \(now) WHERE id = \(id.text) AND revoked_at IS NULL
            RETURNING digest, owner_id, is_primary, key_hash
            """
        )
        guard let ended else {
            let exists = try connection.queryOne("SELECT 1 AS found FROM caller_keys WHERE id = \(id.text)") != nil
            return (exists, false)
        }
        // Older tools look only into the prescribed places.
        let digest = try ended.decode("digest", as: String.self)
        try connection.execute("UPDATE users SET api_key_hash = NULL, updated_at = \(now) WHERE api_key_hash = \(digest)")
        // The hash of a key that was replaced is not there any more.
        if try ended.decode("is_primary", as: Bool.self), let hash = try ended.decode("key_hash", as: String?.self) {
            let owner = try ended.decode("owner_id", as: String.self)
            try self.replaceHash(hash, of: owner, by: nobodysHash, on: connection)
        }
        return (true, true)
    }

    /// Puts another hash into a gateway caller's row, and binds all keys to it that were bound to the one before.
    ///
    /// - Returns: Whether the row of an active caller held the hash.
    @discardableResult
    static func replaceHash(
        _ hash: String, of owner: String, by newHash: String, on connection: any DatabaseConnection
    ) throws(PersistenceError) -> Bool {
        // The keys first: a hash in api_keys that no key accounts for would be a candidate for keys made elsewhere.
        try connection.execute(
            """
            UPDATE caller_keys SET key_hash = \(newHash)
            WHERE owner_kind = 'gateway_caller' AND owner_id = \(owner) AND key_hash = \(hash)
            """
        )
        let isActive = try connection.queryOne(
            """
            UPDATE api_keys SET key_hash = \(newHash) WHERE caller_id = \(owner) AND key_hash = \(hash) RETURNING is_active
            """
        )
        return try isActive?.decode("is_active") ?? false
    }

    /// What a query ends with that takes rows for the rest of the transaction; SQLite's writers take turns anyway.
    static func rowLock(_ dialect: SQLDialect) -> SQL {
        switch dialect {
        case .sqlite: ""
        case .postgres: "FOR UPDATE"
        }
    }

    /// The number that grows with every change after which a key may no longer be valid.
    static func changeCount(in database: any Database) async throws -> Int64 {
        try await database.queryOne("SELECT changes FROM caller_key_changes WHERE id = 1")?.decode("changes") ?? 0
    }

    /// Notes when keys were used, and when gateway callers were seen.
    ///
    /// Rows are changed in one order, so that two servers that do this at once never wait for each other.
    static func markUsed(_ uses: [KeyUse], on connection: any DatabaseConnection) throws(PersistenceError) {
        for use in uses.sorted(by: { $0.keyID < $1.keyID }) {
            try connection.execute(
                """
                UPDATE caller_keys SET last_used_at = \(use.instant)
                WHERE id = \(use.keyID.text) AND (last_used_at IS NULL OR last_used_at < \(use.instant))
                """
            )
        }
        var seen: [CallerID: Timestamp] = [:]
        for use in uses {
            if let caller = use.gatewayCaller { seen[caller] = max(seen[caller] ?? use.instant, use.instant) }
        }
        for (caller, instant) in seen.sorted(by: { $0.key < $1.key }) {
            try connection.execute(
                """
                UPDATE api_keys SET last_used_at = \(instant)
                WHERE caller_id = \(caller.text) AND (last_used_at IS NULL OR last_used_at < \(instant))
                """
            )
        }
    }

    static func scopes(_ json: String?) -> ScopeSet {
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
