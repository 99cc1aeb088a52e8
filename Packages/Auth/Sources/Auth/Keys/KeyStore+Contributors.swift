#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Identity
import Persistence

extension KeyStore {
    /// The user that a caller writes as: the user itself, or the one that a gateway caller got at its first write (CONTRACTS,
    /// decisions), which is made if need be and bears the caller's name.
    ///
    /// Callers that come at the same time get the same user. One statement by an index, save the first time.
    ///
    /// - Returns: The user's id, a lower-case UUID.
    /// - Throws: ``AuthError`` with code `unknownUser` for a user whose id is no UUID; `PersistenceError` when the store fails.
    public func contributorID(of caller: Caller) async throws -> String {
        guard caller.kind == .gatewayCaller else {
            guard let id = UUID(sqlText: caller.id.text) else { throw AuthError(.unknownUser, message: "No user has this id") }
            return id.sqlText
        }
        if let id = try await self.knownContributor(caller.id) { return id }
        let (id, now) = (UUID(), self.now())
        let name = String(String.UnicodeScalarView(caller.id.text.unicodeScalars.prefix(100)))
        do {
            try await self.database.transaction(isolation: .readCommitted, retries: Self.retries) { connection in
                try connection.execute(
                    """
                    INSERT INTO users (id, display_name, reputation_score, is_seed, created_at, updated_at)
                    VALUES (\(id), \(name), 0.0, \(false), \(now), \(now))
                    """)
                try connection.execute(
                    "INSERT INTO caller_users (caller_id, user_id, created_at) VALUES (\(caller.id.text), \(id), \(now))")
            }
            return id.sqlText
        } catch let error as PersistenceError where error.code == .uniqueViolation {
            // Another write of the caller was first.
            guard let id = try await self.knownContributor(caller.id) else { throw error }
            return id
        }
    }

    private func knownContributor(_ id: CallerID) async throws -> String? {
        let row = try await self.database.queryOne("SELECT user_id FROM caller_users WHERE caller_id = \(id.text)")
        return try row?.decode("user_id", as: UUID.self).sqlText
    }
}
