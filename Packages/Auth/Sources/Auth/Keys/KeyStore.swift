#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Cryptography
public import Identity
public import Persistence

/// Makes, lists and ends keys.
///
/// Changes are seen by every ``KeyAuthority`` on the same database within its polling pause, whoever made them: triggers
/// count them (chain `auth`).
public struct KeyStore: Sendable {
    /// A key just made; the only time that its text exists outside its owner's hands.
    public struct NewKey: Sendable {
        /// The key, to be shown once.
        public let key: APIKey
        /// Whose it is.
        public let userID: String
    }

    /// The key of a gateway caller just made; the only time that its text exists outside its owner's hands.
    public struct NewGatewayKey: Sendable {
        /// The key, to be shown once.
        public let key: APIKey
        /// Whose it is.
        public let callerID: CallerID
    }

    let database: any Database
    let now: @Sendable () -> Timestamp

    /// Creates a store over a migrated database.
    public init(database: any Database) {
        self.init(database: database, now: Timestamp.now)
    }

    /// Creates a store that takes the time from elsewhere, as tests do.
    init(database: any Database, now: @escaping @Sendable () -> Timestamp) {
        self.database = database
        self.now = now
    }

    /// Makes a user and the user's first key together.
    ///
    /// - Parameters:
    ///   - email: At most 255 characters, or `nil`; unique among users.
    ///   - displayName: At most 100 characters, or `nil`.
    ///   - details: What is noted about the key.
    /// - Throws: ``AuthError`` with code `emailTaken` or `invalidText`; `PersistenceError` when the store fails.
    public func createUser(email: String?, displayName: String?, details: KeyDetails = KeyDetails()) async throws -> NewKey {
        try Self.check(email: email, displayName: displayName)
        try details.check()
        let key = try APIKey()
        let userID = UUID().sqlText
        let now = self.now()
        do {
            // Each statement is right by itself: the unique constraints decide over two that come at once.
            try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
                try connection.execute(
                    """
                    INSERT INTO users (id, email, api_key_hash, display_name, reputation_score, is_seed, created_at, updated_at)
                    VALUES (\(userID), \(email), \(key.digest.hex), \(displayName), 0.0, \(false), \(now), \(now))
                    """
                )
                let owner = KeyTable.Owner(kind: .user, id: userID, hasPrescribedPlace: true)
                try KeyTable.insert(key, for: owner, details: details, at: now, on: connection)
            }
        } catch let error as PersistenceError where error.code == .uniqueViolation && error.constraint == "uq_users_email" {
            throw AuthError(.emailTaken, message: "Email already registered")
        }
        return NewKey(key: key, userID: userID)
    }

    /// Makes a further key of a user.
    ///
    /// - Parameters:
    ///   - userID: A UUID in any spelling; anything else is no user's id.
    ///   - details: What is noted about the key.
    /// - Throws: ``AuthError`` with code `unknownUser` or `invalidText`; `PersistenceError` when the store fails.
    public func createKey(for userID: String, details: KeyDetails = KeyDetails()) async throws -> NewKey {
        try details.check()
        guard let user = UUID(sqlText: userID) else { throw AuthError(.unknownUser, message: "No user has this id") }
        let key = try APIKey()
        let now = self.now()
        // A user who is deleted meanwhile leaves a key that finds nobody.
        try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
            guard try connection.queryOne("SELECT 1 AS found FROM users WHERE id = \(user)") != nil else {
                throw AuthError(.unknownUser, message: "No user has this id")
            }
            let owner = KeyTable.Owner(kind: .user, id: user.sqlText)
            try KeyTable.insert(key, for: owner, details: details, at: now, on: connection)
        }
        return NewKey(key: key, userID: user.sqlText)
    }

    /// The keys of one owner, or of all, newest first.
    ///
    /// - Parameters:
    ///   - ownerID: Whose keys; `nil` for everybody's.
    ///   - limit: Most keys returned.
    public func keys(of ownerID: String? = nil, limit: Int = 1_000) async throws -> [KeyRecord] {
        try await KeyTable.list(ownerID: ownerID, limit: limit, in: self.database)
    }

    /// Ends a key for good.
    ///
    /// Servers that share the database refuse the key within their polling pause; the server that revokes through its
    /// own ``KeyAuthority`` refuses it at once.
    ///
    /// - Throws: ``AuthError`` with code `unknownKey` or `alreadyRevoked`; `PersistenceError` when the store fails.
    public func revoke(_ id: KeyID) async throws {
        let nobodysHash = try PrescribedHash.ofNobody()
        let now = self.now()
        let outcome = try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
            try KeyTable.revoke(id, at: now, replacingHashBy: nobodysHash, on: connection)
        }
        guard outcome.exists else { throw AuthError(.unknownKey, message: "No key has this id") }
        guard outcome.wasValid else { throw AuthError(.alreadyRevoked, message: "The key is revoked already") }
    }

    /// Repetitions after a collision with another program, which this one's own statements do not cause.
    static let retries = 3

    /// Whether a text has the form `x@y`; clients register with reserved domains too (CONTRACTS §9), so no more is asked.
    public static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return false }
        return text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && !$0.properties.isWhitespace }
    }

    private static func check(email: String?, displayName: String?) throws(AuthError) {
        if let email {
            guard self.isEmail(email), email.unicodeScalars.count <= 255 else {
                throw AuthError(.invalidText, message: "An e-mail address has the form x@y and at most 255 characters")
            }
        }
        if let displayName, displayName.unicodeScalars.count > 100 {
            throw AuthError(.invalidText, message: "A display name has at most 100 characters")
        }
    }

    /// Whether anybody is registered.
    public func hasUsers() async throws -> Bool {
        try await self.database.queryOne("SELECT 1 AS found FROM users LIMIT 1") != nil
    }
}
