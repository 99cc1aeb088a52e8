public import Identity
import Persistence

extension KeyStore {
    /// Makes a gateway caller and the caller's key together.
    ///
    /// `api_keys` gets the key's bcrypt hash (cost 12, a quarter to half a second on a thread of its own), so that the older
    /// gateway honours the key too; `caller_keys` gets its digest, by which it is found here.
    ///
    /// - Parameters:
    ///   - id: The name of the caller, unique among gateway callers, such as `dev-agent`.
    ///   - role: What the caller does in the organisation.
    ///   - trustLevel: How far the caller is trusted.
    ///   - environment: The surroundings that the key is for.
    ///   - organisation: Whose data the caller sees.
    ///   - details: What is noted about the key.
    /// - Throws: ``AuthError`` with code `callerExists`, or `invalidText` for a name that is empty, longer than 255 bytes or
    ///   holds an invisible character; `PersistenceError` when the store fails; `CryptographyError`.
    public func createGatewayCaller(
        id: CallerID,
        role: Role,
        trustLevel: TrustLevel,
        environment: EnvironmentName,
        organisation: OrganisationID = .default,
        details: KeyDetails = KeyDetails()
    ) async throws -> NewGatewayKey {
        guard CallerID(id.text) != nil, Role(role.text) != nil, EnvironmentName(environment.text) != nil,
            OrganisationID(organisation.text) != nil
        else { throw AuthError(.invalidText, message: "A name has 1 to 255 bytes and only visible characters") }
        guard id != AdminAPIKey.callerID else {
            throw AuthError(.invalidText, message: "The name \(id) stands for the setting ADMIN_API_KEY")
        }
        try details.check()
        let taken = AuthError(.callerExists, message: "A gateway caller has this name already")
        let holder = try await self.database.queryOne("SELECT 1 AS found FROM api_keys WHERE caller_id = \(id.text)")
        // The unique index decides; asking before saves a slow hash.
        if holder != nil { throw taken }
        let key = try APIKey()
        let hash = try await PrescribedHash.bcrypt(of: key)
        let now = self.now()
        do {
            try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
                // The key first: a hash in api_keys that no key accounts for would be a candidate for keys made elsewhere.
                let owner = KeyTable.Owner(kind: .gatewayCaller, id: id.text, hasPrescribedPlace: true, keyHash: hash)
                try KeyTable.insert(key, for: owner, details: details, at: now, on: connection)
                try connection.execute(
                    """
                    INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment, is_active, created_at, org_id)
                    VALUES (\(id.text), \(hash), \(role.text), \(trustLevel.rawValue), \(environment.text), \(true), \(now),
                        \(organisation.text))
                    """
                )
            }
        } catch let error as PersistenceError
            where error.code == .uniqueViolation && error.constraint == "ix_api_keys_caller_id"
        {
            throw taken
        }
        return NewGatewayKey(key: key, callerID: id)
    }

    /// Gateway callers in the order of their names, whoever registered them.
    ///
    /// - Parameters:
    ///   - name: Only the names after this one; `nil` from the first on.
    ///   - limit: Most callers returned.
    public func gatewayCallers(after name: CallerID? = nil, limit: Int = 1_000) async throws -> [GatewayCallerRecord] {
        let filter: SQL = name.map { "WHERE caller_id > \($0.text)" } ?? ""
        let rows = try await self.database.query(
            """
            SELECT id, caller_id, role, trust_level, environment, is_active, created_at, last_used_at, org_id
            FROM api_keys \(filter) ORDER BY caller_id LIMIT \(max(limit, 0))
            """
        )
        var records: [GatewayCallerRecord] = []
        for row in rows { records.append(try GatewayCallerRecord(row)) }
        return records
    }

    /// The gateway caller of a name, as the row says now; `nil` when there is none.
    public func gatewayCaller(_ id: CallerID) async throws -> GatewayCallerRecord? {
        let row = try await self.database.queryOne(
            """
            SELECT id, caller_id, role, trust_level, environment, is_active, created_at, last_used_at, org_id
            FROM api_keys WHERE caller_id = \(id.text)
            """
        )
        return try row.map { try GatewayCallerRecord($0) }
    }

    /// Whether a gateway caller has a key that is valid now; a key of another tool counts from its first use here on.
    public func hasValidKey(_ id: CallerID) async throws -> Bool {
        let row = try await self.database.queryOne(
            """
            SELECT 1 AS found FROM caller_keys k JOIN api_keys a ON a.caller_id = k.owner_id
            WHERE k.owner_id = \(id.text) AND \(KeyTable.isValidGatewayKey)
                AND (k.expires_at IS NULL OR k.expires_at > \(self.now())) LIMIT 1
            """
        )
        return row != nil
    }

    /// The human behind a gateway caller, if all its valid keys that name one name the same; else `nil`.
    public func person(behind id: CallerID) async throws -> PersonID? {
        let rows = try await self.database.query(
            """
            SELECT DISTINCT person FROM caller_keys
            WHERE owner_kind = \(Caller.Kind.gatewayCaller.rawValue) AND owner_id = \(id.text) AND person IS NOT NULL
                AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > \(self.now())) LIMIT 2
            """
        )
        guard rows.count == 1, let row = rows.first else { return nil }
        return PersonID(unchecked: try row.decode("person"))
    }

    /// The number of a gateway caller's row in `api_keys`, or `nil` when there is none.
    public func gatewayRowID(of caller: CallerID) async throws -> Int64? {
        try await self.database.queryOne("SELECT id FROM api_keys WHERE caller_id = \(caller.text)")?.decode("id")
    }

    /// Ends a gateway caller with all its keys, those included that were made elsewhere and never presented here.
    ///
    /// The row stays, with `is_active` false; whoever sets it true again brings the caller back.
    ///
    /// - Throws: ``AuthError`` with code `unknownCaller` or `alreadyInactive`; `PersistenceError` when the store fails.
    public func deactivateGatewayCaller(_ id: CallerID) async throws {
        let outcome = try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
            let ended = try connection.execute("UPDATE api_keys SET is_active = FALSE WHERE caller_id = \(id.text) AND is_active")
            if ended == 1 { return (exists: true, wasActive: true) }
            let exists = try connection.queryOne("SELECT 1 AS found FROM api_keys WHERE caller_id = \(id.text)") != nil
            return (exists: exists, wasActive: false)
        }
        guard outcome.exists else { throw AuthError(.unknownCaller, message: "No gateway caller has this name") }
        guard outcome.wasActive else { throw AuthError(.alreadyInactive, message: "The gateway caller is inactive already") }
    }

    /// Names the human behind a key, or nobody; four-eyes rules compare it from the next look-up on.
    ///
    /// - Parameters:
    ///   - person: At most 255 characters.
    ///   - id: A key that is not revoked. A key that another tool made has an id once it was presented here.
    /// - Throws: ``AuthError`` with code `unknownKey`, `alreadyRevoked` or `invalidText`; `PersistenceError`.
    public func setPerson(_ person: String?, of id: KeyID) async throws {
        try KeyDetails(person: person).check()
        let outcome = try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
            let changed = try connection.execute(
                "UPDATE caller_keys SET person = \(person) WHERE id = \(id.text) AND revoked_at IS NULL")
            if changed == 1 { return (exists: true, isValid: true) }
            let exists = try connection.queryOne("SELECT 1 AS found FROM caller_keys WHERE id = \(id.text)") != nil
            return (exists: exists, isValid: false)
        }
        guard outcome.exists else { throw AuthError(.unknownKey, message: "No key has this id") }
        guard outcome.isValid else { throw AuthError(.alreadyRevoked, message: "The key is revoked already") }
    }
}
