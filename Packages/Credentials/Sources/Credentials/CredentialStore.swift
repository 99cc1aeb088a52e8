public import Cryptography
public import Logging
public import Persistence

/// Keeps the credentials that callers and sessions deposit, sealed, in the table `stored_credentials`.
///
/// Each owner has one at most; a new one replaces it. Those whose time is over count as not there, and ``CredentialUpkeep`` removes them.
/// What an older secret of the ring has sealed stays readable; the next deposit of its owner is sealed with the current one.
public struct CredentialStore: Sendable {
    let database: any Database
    let configuration: CredentialsConfiguration
    let logger: Logger
    private let keyring: SecretKeyring
    private let now: @Sendable () -> Timestamp

    /// Creates a store; it does nothing until it is asked.
    ///
    /// - Parameters:
    ///   - database: Has the chain `credentials`.
    ///   - keyring: Seals, and makes the digests of owners. A secret that is dropped takes with it what it has sealed.
    ///   - configuration: How long and how much is kept.
    ///   - logger: Gets what is wrong, at `debug`.
    ///   - now: The time; tests pass one that they move by hand.
    public init(
        database: any Database, keyring: SecretKeyring, configuration: CredentialsConfiguration = CredentialsConfiguration(),
        logger: Logger, now: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.database = database
        self.keyring = keyring
        self.configuration = configuration
        self.logger = logger
        self.now = now
    }

    /// Keeps the credentials of an owner in the place of those that it had.
    ///
    /// - Throws: ``CredentialsError`` with code `tooMany`; `PersistenceError`; `CryptographyError`; `CancellationError`.
    public func keep(_ credentials: CloudCredentials, of owner: CredentialOwner) async throws {
        let digests = try owner.digests(by: self.keyring)
        guard let digest = digests.first else { preconditionFailure("a ring has a current secret") }
        let sealed = try SealedCredentials.seal(credentials, for: digest, by: self.keyring)
        let now = self.now()
        let expiry = now.advanced(by: max(self.configuration.lifetime, .seconds(1)))
        let limit = owner.isSession ? max(self.configuration.maximumCredentials, 0) : nil
        try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
            let replaced = try connection.execute("DELETE FROM stored_credentials WHERE owner_digest IN \(list: digests)")
            if replaced == 0, let limit, try Self.count(upTo: limit, at: now, on: connection) >= limit {
                throw CredentialsError(.tooMany, message: "No more credentials can be kept now")
            }
            try connection.execute(
                """
                INSERT INTO stored_credentials (owner_digest, sealed, created_at, expires_at)
                VALUES (\(digest), \(sealed), \(now), \(expiry))
                ON CONFLICT (owner_digest) DO UPDATE SET
                    sealed = excluded.sealed, created_at = excluded.created_at, expires_at = excluded.expires_at
                """)
        }
    }

    private static func count(
        upTo limit: Int, at now: Timestamp, on connection: any DatabaseConnection
    ) throws(PersistenceError) -> Int {
        let row = try connection.queryOne(
            """
            SELECT count(*) AS n FROM (SELECT 1 AS one FROM stored_credentials WHERE expires_at > \(now) LIMIT \(limit)) AS live
            """)
        return try row?.decode("n", as: Int.self) ?? 0
    }

    /// The credentials of an owner.
    ///
    /// - Returns: `nil` when it has none, or their time is over.
    /// - Throws: ``CredentialsError`` with code `unreadable`; `PersistenceError`; `CryptographyError`; `CancellationError`.
    public func credentials(of owner: CredentialOwner) async throws -> CloudCredentials? {
        let digests = try owner.digests(by: self.keyring)
        let row = try await self.database.queryOne(
            """
            SELECT owner_digest, sealed FROM stored_credentials
            WHERE owner_digest IN \(list: digests) AND expires_at > \(self.now()) ORDER BY created_at DESC LIMIT 1
            """)
        guard let row else { return nil }
        return try SealedCredentials.open(
            try row.decode("sealed"), of: try row.decode("owner_digest"), by: self.keyring)
    }

    /// Removes the credentials of an owner.
    ///
    /// - Returns: Whether it had any whose time was not over.
    /// - Throws: `PersistenceError`; `CryptographyError`; `CancellationError`.
    public func remove(of owner: CredentialOwner) async throws -> Bool {
        let digests = try owner.digests(by: self.keyring)
        let now = self.now()
        return try await self.database.write { connection in
            let live = try connection.execute(
                "DELETE FROM stored_credentials WHERE owner_digest IN \(list: digests) AND expires_at > \(now)")
            return live > 0
        }
    }

    /// Removes credentials whose time is over, a batch at most; ``CredentialUpkeep`` calls it again and again.
    ///
    /// - Returns: How many rows were removed; fewer than ``CredentialsConfiguration/upkeepBatch`` means that none is left.
    /// - Throws: `PersistenceError`; `CancellationError`.
    public func removeExpired() async throws -> Int {
        let (now, limit) = (self.now(), max(self.configuration.upkeepBatch, 1))
        return try await self.database.write { connection in
            try connection.execute(
                """
                DELETE FROM stored_credentials WHERE expires_at <= \(now) AND owner_digest IN (
                    SELECT c.owner_digest FROM stored_credentials c WHERE c.expires_at <= \(now)
                    ORDER BY c.expires_at LIMIT \(limit))
                """)
        }
    }
}
