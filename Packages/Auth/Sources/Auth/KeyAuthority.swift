import Cryptography
public import Identity
public import Logging
public import Persistence
public import ServiceLifecycle
import Synchronization

/// Says who presents a key or the token of a session.
///
/// A valid key is looked up once and then remembered; a session is looked up each time, so that ending one concerns nobody else. The
/// memory is emptied within ``KeyAuthorityConfiguration/pollPause`` of any
/// change in the database after which a key may no longer be valid, whichever process or tool made it, and is not believed when
/// changes could not be looked for within ``KeyAuthorityConfiguration/trustLimit``. As a service of the app's group it watches
/// for such changes, notes when keys were last used and removes expired sessions; unless it runs, every key is looked up.
public final class KeyAuthority: Service {
    /// The channel on which PostgreSQL tells of changes. Whoever listens there calls ``invalidate()`` at each notification, and
    /// each time that listening has begun; then keys end at once on all servers, and not only within a second.
    public static let changeChannel = "gatehouse_caller_keys"

    struct State {
        var cache: CallerCache
        var seenChanges: Int64?
        /// When the last look for changes that succeeded began.
        var checkedAt: ContinuousClock.Instant?
        var isBlind = false
        var uses: [KeyID: KeyUse] = [:]
    }

    let database: any Database
    let configuration: KeyAuthorityConfiguration
    let logger: Logger
    let now: @Sendable () -> Timestamp
    let state: Mutex<State>
    private let search: OlderKeySearch
    private let desk: AttemptDesk

    /// Creates an authority over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where users and keys are.
    ///   - configuration: How much is remembered, and how often changes are looked for.
    ///   - logger: Hears when the database cannot be watched, and of rows of `api_keys` without a usable hash.
    public convenience init(
        database: any Database, configuration: KeyAuthorityConfiguration = KeyAuthorityConfiguration(), logger: Logger
    ) {
        let search = OlderKeySearch(database: database, configuration: configuration, logger: logger)
        self.init(database: database, configuration: configuration, logger: logger, search: search, now: Timestamp.now)
    }

    /// Creates an authority whose hashes and time come from elsewhere, as tests do.
    init(
        database: any Database, configuration: KeyAuthorityConfiguration, logger: Logger, search: OlderKeySearch,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.database = database
        self.configuration = configuration
        self.logger = logger
        self.now = now
        self.search = search
        self.desk = AttemptDesk(
            maximumAttempts: configuration.maximumAttempts, maximumWaiters: configuration.maximumWaiters)
        self.state = Mutex(State(cache: CallerCache(capacity: configuration.cacheCapacity)))
    }

    /// Finds the caller of a credential.
    ///
    /// A text that begins like a key of ours and has a wrong tail is refused without asking the database; everything else
    /// is found by its digest, so keys that older tools stored in `users` are honoured as well, and sessions.
    ///
    /// What has no digest may be a key whose bcrypt hash another tool wrote into `api_keys`. It is tried against the rows whose
    /// keys nobody has presented yet, on a thread of its own, as many as ``KeyAuthorityConfiguration/roundsPerAttempt`` allows:
    /// first the row of the caller whom the request names, then the newest that were not tried for this key before. So a key
    /// whose caller is named is found by one hash; another one may have to be presented again when more rows than an attempt
    /// can try are waiting. Found once, it is known by its digest for good.
    ///
    /// - Parameters:
    ///   - credential: The text as presented.
    ///   - hint: The caller whom the request names, which may be foreign: it is where to look first, and proves nothing.
    /// - Returns: The caller, or `nil` for whatever is not a valid key now, or was not found yet.
    /// - Throws: ``AuthError`` with code `tooManyAttempts` when so many unknown keys are being tried that this one cannot be;
    ///   `PersistenceError` when the store fails, `CancellationError`.
    public func caller(presenting credential: String, hint: CallerID?) async throws -> Caller? {
        try await self.entry(presenting: credential, hint: hint)?.caller
    }

    /// Finds the caller of a credential of whom nothing else is known; see ``caller(presenting:hint:)``.
    public func caller(presenting credential: String) async throws -> Caller? {
        try await self.entry(presenting: credential)?.caller
    }

    func entry(presenting credential: String, hint: CallerID? = nil) async throws -> CallerCache.Entry? {
        guard let digest = Self.digest(of: credential) else { return nil }
        if let entry = self.remembered(digest) { return entry }
        if let entry = try await self.lookUp(digest) { return entry }
        guard OlderKeySearch.canBeOlder(credential) else { return nil }
        while true {
            let turn = try await self.desk.turn(for: digest)
            defer { if turn == .lead { self.desk.leave(digest) } }
            // Another request may have found the key since.
            if let entry = try await self.lookUp(digest) { return entry }
            guard turn == .lead else { continue }
            guard try await self.search.attempt(credential, digest, hint: hint, at: self.now()) else { return nil }
            return try await self.lookUp(digest)
        }
    }

    /// What is remembered of a key, if it can be believed.
    private func remembered(_ digest: SHA256Digest) -> CallerCache.Entry? {
        let now = self.now()
        let instant = ContinuousClock.now
        return self.state.withLock { state in
            guard let checkedAt = state.checkedAt, instant - checkedAt < self.configuration.trustLimit,
                let entry = state.cache.entry(for: digest, at: now)
            else { return nil }
            if let use = KeyUse(entry.caller, at: now) { state.uses[use.keyID] = use }
            return entry
        }
    }

    private func lookUp(_ digest: SHA256Digest) async throws -> CallerCache.Entry? {
        let stamp = self.state.withLock { $0.cache.stamp }
        guard let found = try await KeyTable.caller(for: digest, in: self.database) else { return nil }
        let now = self.now()
        if found.isExpired(at: now) { return nil }
        self.state.withLock { state in
            if !found.isSession { state.cache.add(found, for: digest, from: stamp) }
            if let use = KeyUse(found.caller, at: now) { state.uses[use.keyID] = use }
        }
        return found
    }

    /// Ends a key for good, for this process at once and for others on the same database within a second.
    ///
    /// A look-up that is in flight may still answer the request that began it; nothing later finds the key.
    ///
    /// - Throws: As ``KeyStore/revoke(_:)``.
    public func revoke(_ id: KeyID) async throws {
        try await KeyStore(database: self.database, now: self.now).revoke(id)
        self.invalidate()
    }

    /// Forgets all keys at once.
    ///
    /// Look-ups that are in flight are not remembered.
    public func invalidate() {
        self.state.withLock { $0.cache.invalidateAll() }
    }

    static func digest(of credential: String) -> SHA256Digest? {
        guard (1...Self.longestCredential).contains(credential.utf8.count) else { return nil }
        if credential.utf8.starts(with: APIKey.prefix.utf8) { return APIKey(credential)?.digest }
        return SHA256.hash(credential.utf8)
    }

    /// Most bytes of a credential; longer ones are never keys.
    private static let longestCredential = 512
}
