import Cryptography
public import Identity
public import Persistence

extension KeyStore {
    /// What came of a rotation; the only time that the new key's text exists outside its owner's hands.
    public struct Rotation: Sendable {
        /// The new key, to be shown once.
        public let key: APIKey
        /// Where its owner is registered.
        public let ownerKind: Caller.Kind
        /// Whose it is.
        public let ownerID: String
        /// When the key before stops being valid.
        public let endOfOld: Timestamp
        /// When the new one does, if ever.
        public let endOfNew: Timestamp?
    }

    /// Puts a new key in the place of one, which stays valid for a while.
    ///
    /// The new key has the owner, label, person and scopes of the old one, and is made for as long a life: for ever, or for the
    /// time between the old one's creation and its expiry. It takes the old key's prescribed place, so that tools which know
    /// only `users.api_key_hash` and `api_keys` honour the new one from now on, and the old one no more.
    ///
    /// - Parameters:
    ///   - id: A key that is valid now.
    ///   - overlap: How long the old key stays valid, 0 or more, but never beyond its own expiry; 0 ends it at once.
    /// - Throws: ``AuthError`` with code `unknownKey`, `alreadyRevoked`, `expired`, `alreadyRotated` (by somebody else at the same
    ///   time, for one), `replacedElsewhere` or `invalidOverlap`; nothing has changed then. `PersistenceError`;
    ///   `CryptographyError`.
    public func rotate(_ id: KeyID, overlap: Duration) async throws -> Rotation {
        guard overlap >= .zero else { throw AuthError(.invalidOverlap, message: "An overlap is not negative") }
        let seen = try KeyTable.RotatedKey.valid(
            try await self.database.queryOne(KeyTable.RotatedKey.statement(id, lock: "")), at: self.now())
        let key = try APIKey()
        // Slow, so before the transaction.
        let hash = seen.placedHash == nil ? nil : try await PrescribedHash.bcrypt(of: key)
        let now = self.now()
        return try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
            let row = try connection.queryOne(
                KeyTable.RotatedKey.statement(id, lock: KeyTable.rowLock(connection.dialect)))
            let old = try KeyTable.RotatedKey.valid(row, at: now)
            guard old.placedHash == seen.placedHash else { throw KeyTable.RotatedKey.replacedElsewhere }
            let endOfOld = min(now.advanced(by: overlap), old.expiresAt ?? .latest)
            let endOfNew = old.expiresAt.map { now.advanced(by: old.createdAt.duration(to: $0)) }
            let details = KeyDetails(label: old.label, person: old.person, scopes: old.scopes, expiresAt: endOfNew)
            let owner = KeyTable.Owner(
                kind: old.ownerKind, id: old.ownerID, hasPrescribedPlace: old.isPrimary, keyHash: hash ?? old.keyHash)
            try KeyTable.insert(key, for: owner, details: details, at: now, on: connection)
            try connection.execute(
                """
                UPDATE caller_keys SET is_primary = \(false), expires_at = \(endOfOld), replaced_by = \(key.publicID.text)
                WHERE id = \(id.text)
                """
            )
            guard try old.givePlace(to: key, hash: hash, at: now, on: connection) else {
                throw KeyTable.RotatedKey.replacedElsewhere
            }
            return Rotation(
                key: key, ownerKind: old.ownerKind, ownerID: old.ownerID, endOfOld: endOfOld, endOfNew: endOfNew)
        }
    }
}

extension KeyTable {
    /// A key that is about to be replaced.
    struct RotatedKey {
        let digest: String
        let ownerKind: Caller.Kind
        let ownerID: String
        let isPrimary: Bool
        let keyHash: String?
        let label: String?
        let person: String?
        let scopes: ScopeSet
        let createdAt: Timestamp
        let expiresAt: Timestamp?

        static var replacedElsewhere: AuthError {
            AuthError(.replacedElsewhere, message: "Another tool has replaced the key, or ended its owner")
        }

        static func statement(_ id: KeyID, lock: SQL) -> SQL {
            """
            SELECT digest, owner_kind, owner_id, is_primary, key_hash, label, person, scopes, created_at, expires_at, revoked_at,
                replaced_by
            FROM caller_keys WHERE id = \(id.text) \(lock)
            """
        }

        /// The key of a row, if it is valid now and nothing has replaced it.
        static func valid(_ row: Row?, at now: Timestamp) throws -> RotatedKey {
            guard let row else { throw AuthError(.unknownKey, message: "No key has this id") }
            let key = try RotatedKey(row)
            guard try row.decode("revoked_at", as: Timestamp?.self) == nil else {
                throw AuthError(.alreadyRevoked, message: "The key is revoked already")
            }
            guard try row.decode("replaced_by", as: String?.self) == nil else {
                throw AuthError(.alreadyRotated, message: "Another key has taken the key's place already")
            }
            if let expiresAt = key.expiresAt, expiresAt <= now { throw AuthError(.expired, message: "The key has expired") }
            return key
        }

        private init(_ row: Row) throws(PersistenceError) {
            self.digest = try row.decode("digest")
            guard let kind = Caller.Kind(rawValue: try row.decode("owner_kind")) else {
                throw PersistenceError(.decoding, message: "column owner_kind holds no kind of caller")
            }
            self.ownerKind = kind
            self.ownerID = try row.decode("owner_id")
            self.isPrimary = try row.decode("is_primary")
            self.keyHash = try row.decode("key_hash")
            self.label = try row.decode("label")
            self.person = try row.decode("person")
            self.scopes = KeyTable.scopes(try row.decode("scopes"))
            self.createdAt = try row.decode("created_at")
            self.expiresAt = try row.decode("expires_at")
        }

        /// The bcrypt hash of this key in `api_keys`, if that is its place.
        var placedHash: String? { self.ownerKind == .gatewayCaller && self.isPrimary ? self.keyHash : nil }

        /// Puts a new key into the prescribed place of this one.
        ///
        /// - Returns: Whether this one stood there, if it has such a place at all.
        func givePlace(
            to key: APIKey, hash: String?, at now: Timestamp, on connection: any DatabaseConnection
        ) throws(PersistenceError) -> Bool {
            guard self.isPrimary else { return true }
            switch self.ownerKind {
            case .user:
                return try connection.execute(
                    """
                    UPDATE users SET api_key_hash = \(key.digest.hex), updated_at = \(now) WHERE api_key_hash = \(self.digest)
                    """) == 1
            case .gatewayCaller:
                guard let placedHash, let hash else { return true }
                return try KeyTable.replaceHash(placedHash, of: self.ownerID, by: hash, on: connection)
            case .anonymous:
                return true
            }
        }
    }
}
