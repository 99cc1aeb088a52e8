import Cryptography
import Identity
import Persistence

extension KeyTable {
    /// Finds the caller of a digest by one statement over all places.
    static func caller(for digest: SHA256Digest, in database: any Database) async throws -> CallerCache.Entry? {
        guard let row = try await database.queryOne(self.lookUp(digest, database.dialect)) else { return nil }
        let isUser = try row.decode("kind", as: String.self) == Caller.Kind.user.rawValue
        let caller = Caller(
            id: CallerID(unchecked: try row.decode("caller_id")),
            kind: isUser ? .user : .gatewayCaller,
            organisation: try row.decode("org_id", as: String?.self).map { OrganisationID(unchecked: $0) } ?? .default,
            // Other tools write these columns too. What is no name, and no level, gives nothing away.
            role: try row.decode("role", as: String?.self).flatMap { Role($0) },
            trustLevel: try row.decode("trust_level", as: Int?.self).flatMap { TrustLevel(rawValue: $0) } ?? .untrusted,
            environment: try row.decode("environment", as: String?.self).flatMap { EnvironmentName($0) },
            keyID: try row.decode("key_id", as: String?.self).map { KeyID(unchecked: $0) },
            person: try row.decode("person", as: String?.self).map { PersonID(unchecked: $0) },
            scopes: Self.scopes(try row.decode("scopes"))
        )
        return CallerCache.Entry(
            caller: caller, expiresAt: try row.decode("expires_at"), isSession: try row.decode("is_session", as: Int.self) == 1)
    }

    /// Each part is an equality on an index of single rows: of `users.api_key_hash`, or of `caller_keys.digest` and then of the owner,
    /// or of `admin_sessions.digest` and then of its key and of the key's owner, who has to be an administrator still. A key that was
    /// revoked is in none that is asked first, so it takes as long as one that never was.
    static func lookUp(_ digest: SHA256Digest, _ dialect: SQLDialect) -> SQL {
        let hex = digest.hex
        // PostgreSQL takes the smaller of two indexes that serve; SQLite takes the unique one.
        let validKeys: SQL = dialect == .sqlite ? "caller_keys k INDEXED BY ix_caller_keys_valid_digest" : "caller_keys k"
        return """
            SELECT 'user' AS kind, CAST(u.id AS TEXT) AS caller_id, k.id AS key_id, k.person AS person, k.scopes AS scopes,
                k.expires_at AS expires_at, \(Self.roleOfUser) AS role, 1 AS trust_level,
                CAST(NULL AS VARCHAR) AS environment, CAST(NULL AS VARCHAR) AS org_id, 0 AS is_session
            FROM users u LEFT JOIN caller_keys k ON k.digest = u.api_key_hash
            WHERE u.api_key_hash = \(hex) AND k.revoked_at IS NULL
            UNION ALL
            SELECT 'user', CAST(u.id AS TEXT), k.id, k.person, k.scopes, k.expires_at, \(Self.roleOfUser), 1, NULL, NULL, 0
            FROM \(validKeys) JOIN users u ON u.id = \(Self.userOfOwner(dialect))
            WHERE k.digest = \(hex) AND k.owner_kind = 'user' AND NOT k.is_primary AND k.revoked_at IS NULL
            UNION ALL
            SELECT 'gateway_caller', a.caller_id, k.id, k.person, k.scopes, k.expires_at, a.role, a.trust_level,
                a.environment, a.org_id, 0
            FROM \(validKeys) JOIN api_keys a ON a.caller_id = k.owner_id
            WHERE k.digest = \(hex) AND \(Self.isValidGatewayKey)
            UNION ALL
            SELECT 'gateway_caller', a.caller_id, k.id, k.person, k.scopes,
                CASE WHEN k.expires_at < s.expires_at THEN k.expires_at ELSE s.expires_at END, a.role,
                4, a.environment, a.org_id, 1
            FROM admin_sessions s JOIN caller_keys k ON k.id = s.key_id JOIN api_keys a ON a.caller_id = k.owner_id
            WHERE s.digest = \(hex) AND a.role = 'admin' AND \(Self.isValidGatewayKey)
            LIMIT 1
            """
    }

    private static let roleOfUser: SQL =
        "CASE WHEN EXISTS (SELECT 1 FROM moderators m WHERE m.user_id = u.id) THEN 'moderator' END"

    /// What a key `k` and the row `a` of its owner must be, apart from its expiry. The name of ``AdminAPIKey`` is nobody's row.
    static let isValidGatewayKey: SQL = """
        k.owner_kind = 'gateway_caller' AND k.revoked_at IS NULL AND a.is_active AND a.caller_id <> 'admin-api-key'
            AND (k.key_hash IS NULL OR k.key_hash = a.key_hash)
        """

    /// The user's id out of `owner_id`, which is text, in the type of `users.id`, so that its index serves.
    ///
    /// The conversion is guarded: an owner that is no UUID, which another tool may have written, finds nobody.
    private static func userOfOwner(_ dialect: SQLDialect) -> SQL {
        switch dialect {
        case .sqlite: "k.owner_id"
        case .postgres:
            """
            CASE WHEN k.owner_kind = 'user' AND k.owner_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                THEN CAST(k.owner_id AS UUID) END
            """
        }
    }
}
