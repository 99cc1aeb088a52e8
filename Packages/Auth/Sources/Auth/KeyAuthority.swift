import Cryptography
public import Identity
public import Logging
public import Persistence
public import ServiceLifecycle
import Synchronization

/// Says who presents a key.
///
/// A valid key is looked up once and then remembered; the memory is emptied within ``KeyAuthorityConfiguration/pollPause``
/// of any change in the database after which a key may no longer be valid, whichever process or tool made it. As a
/// service of the app's group it watches for such changes and notes when keys were last used.
public final class KeyAuthority: Service {
    private struct State {
        var cache: CallerCache
        var seenChanges: Int64?
        var isBlind = false
        var uses: [KeyID: KeyUse] = [:]
    }

    private let database: any Database
    private let configuration: KeyAuthorityConfiguration
    private let logger: Logger
    private let state: Mutex<State>

    /// Creates an authority over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where users and keys are.
    ///   - configuration: How much is remembered, and how often changes are looked for.
    ///   - logger: Hears when the database cannot be watched.
    public init(database: any Database, configuration: KeyAuthorityConfiguration = KeyAuthorityConfiguration(), logger: Logger) {
        self.database = database
        self.configuration = configuration
        self.logger = logger
        self.state = Mutex(State(cache: CallerCache(capacity: configuration.cacheCapacity)))
    }

    /// Finds the caller of a credential.
    ///
    /// A text that begins like a key of ours and has a wrong tail is refused without asking the database; everything else
    /// is found by its digest, so keys that older tools stored in `users` are honoured as well.
    ///
    /// - Parameter credential: The text as presented.
    /// - Returns: The caller, or `nil` for whatever is not a valid key now.
    /// - Throws: `PersistenceError` when the store fails, `CancellationError`.
    public func caller(presenting credential: String) async throws -> Caller? {
        guard let digest = Self.digest(of: credential) else { return nil }
        let now = Timestamp.now()
        let known = self.state.withLock { state -> (caller: Caller?, stamp: CallerCache.Stamp) in
            let caller = state.cache.caller(for: digest, at: now)
            if let use = caller.flatMap({ KeyUse($0, at: now) }) { state.uses[use.keyID] = use }
            return (caller, state.cache.stamp)
        }
        if let caller = known.caller { return caller }

        let found = try await KeyTable.caller(for: digest, in: self.database)
        guard let found else { return nil }
        if let expiresAt = found.expiresAt, expiresAt <= now { return nil }
        self.state.withLock { state in
            state.cache.add(found, for: digest, from: known.stamp)
            if let use = KeyUse(found.caller, at: now) { state.uses[use.keyID] = use }
        }
        return found.caller
    }

    /// Ends a key for good, for this process at once and for others on the same database within their polling pause.
    ///
    /// A look-up that is in flight may still answer the request that began it; nothing later finds the key.
    ///
    /// - Throws: As ``KeyStore/revoke(_:)``.
    public func revoke(_ id: KeyID) async throws {
        try await KeyStore(database: self.database).revoke(id)
        self.invalidate()
    }

    /// Forgets all keys at once.
    ///
    /// Look-ups that are in flight are not remembered.
    public func invalidate() {
        self.state.withLock { $0.cache.invalidateAll() }
    }

    /// Watches for changes until the group shuts down, then notes the last uses.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.watch() }
        } catch is CancellationError {
            // The group shuts down.
        }
        await self.flushUses()
    }

    private func watch() async throws {
        let clock = ContinuousClock()
        var nextFlush = clock.now + self.configuration.usePause
        while true {
            await self.poll()
            if clock.now >= nextFlush {
                await self.flushUses()
                nextFlush = clock.now + self.configuration.usePause
            }
            try await Task.sleep(for: self.configuration.pollPause, clock: clock)
        }
    }

    /// Looks once whether something changed.
    ///
    /// While the database cannot be asked, nothing is remembered: a key that cannot be checked is not valid for longer.
    func poll() async {
        do {
            let changes = try await KeyTable.changeCount(in: self.database)
            self.state.withLock { state in
                if state.seenChanges != changes { state.cache.invalidateAll() }
                state.seenChanges = changes
                state.isBlind = false
            }
        } catch is CancellationError {
            // The group shuts down.
        } catch {
            let wasBlind = self.state.withLock { state in
                state.cache.invalidateAll()
                defer { state.isBlind = true }
                return state.isBlind
            }
            // Said once for each time that the database goes away.
            if !wasBlind {
                self.logger.warning("keys cannot be watched", metadata: ["error": .string(String(reflecting: error))])
            }
        }
    }

    /// Writes when keys were used; a failure leaves the dates as they were.
    func flushUses() async {
        let uses = self.state.withLock { state in
            defer { state.uses.removeAll(keepingCapacity: true) }
            return state.uses
        }
        let ordered = uses.values.sorted { $0.keyID < $1.keyID }
        do {
            // In short transactions: a revocation that meets one of these rows waits for few others.
            for start in stride(from: 0, to: ordered.count, by: Self.usesPerTransaction) {
                let batch = Array(ordered[start..<min(start + Self.usesPerTransaction, ordered.count)])
                try await self.database.transaction(isolation: .readCommitted, retries: 3) {
                    try KeyTable.markUsed(batch, on: $0)
                }
            }
        } catch {
            self.logger.warning("last uses of keys are lost", metadata: ["error": .string(String(reflecting: error))])
        }
    }

    private static func digest(of credential: String) -> SHA256Digest? {
        guard (1...Self.longestCredential).contains(credential.utf8.count) else { return nil }
        if credential.utf8.starts(with: APIKey.prefix.utf8) { return APIKey(credential)?.digest }
        return SHA256.hash(credential.utf8)
    }

    /// Most bytes of a credential; longer ones are never keys.
    private static let longestCredential = 512

    private static let usesPerTransaction = 200
}
