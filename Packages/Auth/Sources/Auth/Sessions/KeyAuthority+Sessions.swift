import Cryptography
public import Identity
import Logging
import Persistence

extension KeyAuthority {
    /// Opens a session for an administrator (CONTRACTS §1.4): ``candidate(presenting:)`` and ``openSession(for:)`` in one.
    ///
    /// - Parameter key: The key as presented; a session's token opens no further session.
    /// - Throws: As ``caller(presenting:)``; `CryptographyError` when the system gives no random numbers.
    public func logIn(presenting key: String) async throws -> AdminLogin {
        switch try await self.candidate(presenting: key) {
        case .admin(let caller): try await self.openSession(for: caller).map { .opened($0) } ?? .unknownKey
        case .notAdmin(let caller): .notAdmin(caller)
        case .unknownKey: .unknownKey
        }
    }

    /// Finds out whether a key may open a session, and changes nothing: for who has to do something before the session is opened.
    ///
    /// - Parameter key: The key as presented; the token of a session is no key.
    /// - Throws: As ``caller(presenting:)``.
    public func candidate(presenting key: String) async throws -> AdminCandidate {
        guard let entry = try await self.entry(presenting: key), !entry.isSession else { return .unknownKey }
        let caller = entry.caller
        return caller.kind == .gatewayCaller && caller.role == .admin && caller.keyID != nil ? .admin(caller) : .notAdmin(caller)
    }

    /// Opens a session for a caller whose key was proven a moment ago.
    ///
    /// The session's token is then found by ``caller(presenting:)`` like a key, with trust level 4 and the person of its key. It
    /// ends with its key and with its caller's role, on every server at once, as sessions are never remembered. What is stored of it
    /// is its SHA-256. Of one key there are ``KeyAuthorityConfiguration/sessionsPerKey`` at most: what has expired goes first, then
    /// the oldest of the same key; nobody else's session ends.
    ///
    /// - Parameter caller: The caller of ``candidate(presenting:)``, who is an administrator.
    /// - Returns: `nil` when the key has ended since, or its caller's role has.
    /// - Throws: `PersistenceError`; `CryptographyError` when the system gives no random numbers.
    public func openSession(for caller: Caller) async throws -> AdminSession? {
        guard let keyID = caller.keyID else { return nil }
        let opening = SessionTable.Opening(
            token: try Random.base64URLToken(), keyID: keyID, now: self.now(), lifetime: self.configuration.sessionLifetime,
            limit: self.configuration.sessionsPerKey)
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try SessionTable.open(opening, on: connection)
        }
    }

    /// Ends a session, on all servers at once.
    ///
    /// - Parameter token: The session's token as presented.
    /// - Returns: Whether it was a session's.
    /// - Throws: `PersistenceError` when the store fails, `CancellationError`.
    public func logOut(presenting token: String) async throws -> Bool {
        guard let digest = Self.digest(of: token) else { return false }
        return try await SessionTable.end(digest, in: self.database)
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
