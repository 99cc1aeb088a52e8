#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Identity
public import Persistence

/// A user who moderates, as the list of them shows it.
public struct ModeratorRecord: Sendable, Hashable {
    /// The user's id, a lower-case UUID.
    public let userID: String
    /// The name that the user gave, if one was given.
    public let displayName: String?
    /// Since when the user moderates.
    public let createdAt: Timestamp
}

extension KeyStore {
    /// Makes a user a moderator, or takes that away; as it was before is no error.
    ///
    /// Every key of the user has the role from the next look-up on; servers that share the database forget what they remembered
    /// within their polling pause, as when a key is revoked.
    ///
    /// - Parameters:
    ///   - isModerator: Whether the user may moderate from now on.
    ///   - userID: A UUID in any spelling.
    /// - Throws: ``AuthError`` with code `unknownUser`; `PersistenceError` when the store fails.
    public func setModerator(_ isModerator: Bool, user userID: String) async throws {
        guard let user = UUID(sqlText: userID) else { throw AuthError(.unknownUser, message: "No user has this id") }
        let now = self.now()
        try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
            guard try connection.queryOne("SELECT 1 AS found FROM users WHERE id = \(user)") != nil else {
                throw AuthError(.unknownUser, message: "No user has this id")
            }
            if isModerator {
                try connection.execute(
                    "INSERT INTO moderators (user_id, created_at) VALUES (\(user), \(now)) ON CONFLICT (user_id) DO NOTHING")
            } else {
                try connection.execute("DELETE FROM moderators WHERE user_id = \(user)")
            }
        }
    }

    /// The users who moderate, by their ids.
    ///
    /// - Parameter limit: Most users returned.
    /// - Throws: `PersistenceError` when the store fails.
    public func moderators(limit: Int = 1_000) async throws -> [ModeratorRecord] {
        let rows = try await self.database.query(
            """
            SELECT CAST(u.id AS TEXT) AS user_id, u.display_name AS display_name, m.created_at AS created_at
            FROM moderators m JOIN users u ON u.id = m.user_id ORDER BY u.id LIMIT \(limit)
            """)
        return try rows.map { row in
            ModeratorRecord(
                userID: try row.decode("user_id"), displayName: try row.decode("display_name"),
                createdAt: try row.decode("created_at"))
        }
    }
}
