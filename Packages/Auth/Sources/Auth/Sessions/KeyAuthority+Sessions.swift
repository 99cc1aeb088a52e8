import Cryptography
import Identity
import Logging
import Persistence

extension KeyAuthority {
    /// Opens a session for an administrator (CONTRACTS §1.4).
    ///
    /// The session's token is then found by ``caller(presenting:)`` like a key, with trust level 4 and the person of its key. It
    /// ends with its key and with its caller's role, on every server within a second. What is stored of it is its SHA-256.
    ///
    /// - Parameter key: The key as presented; a session's token opens no further session.
    /// - Throws: As ``caller(presenting:)``; `CryptographyError` when the system gives no random numbers.
    public func logIn(presenting key: String) async throws -> AdminLogin {
        guard let entry = try await self.entry(presenting: key), !entry.isSession else { return .unknownKey }
        guard entry.caller.kind == .gatewayCaller, entry.caller.role == .admin, let keyID = entry.caller.keyID else {
            return .notAdmin
        }
        let opening = SessionTable.Opening(
            token: try Random.base64URLToken(), keyID: keyID, now: self.now(), lifetime: self.configuration.sessionLifetime,
            limit: self.configuration.sessionsPerKey)
        let session = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try SessionTable.open(opening, on: connection)
        }
        // The key ended a moment ago.
        guard let session else { return .unknownKey }
        return .opened(session)
    }

    /// Ends a session, for this process at once and for others within a second.
    ///
    /// - Parameter token: The session's token as presented.
    /// - Returns: Whether it was a session's.
    /// - Throws: `PersistenceError` when the store fails, `CancellationError`.
    public func logOut(presenting token: String) async throws -> Bool {
        guard let digest = Self.digest(of: token), try await SessionTable.end(digest, in: self.database) else { return false }
        self.invalidate()
        return true
    }

    /// Removes sessions that have expired, a bounded number in short transactions; what is left is removed the next time.
    func removeExpiredSessions() async {
        do {
            let now = self.now()
            for _ in 0..<Self.removalsPerRound {
                let count = try await SessionTable.removeExpired(at: now, limit: Self.sessionsPerRemoval, in: self.database)
                if count < Self.sessionsPerRemoval { return }
            }
        } catch is CancellationError {
            // The group shuts down.
        } catch {
            self.logger.warning(
                "expired sessions cannot be removed", metadata: ["error": .string(String(reflecting: error))])
        }
    }

    private static let sessionsPerRemoval = 500
    private static let removalsPerRound = 20
}
