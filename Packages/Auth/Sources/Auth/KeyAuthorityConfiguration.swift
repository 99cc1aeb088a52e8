/// How much a ``KeyAuthority`` remembers, how often it looks for changes, and how much work an unknown key may make.
public struct KeyAuthorityConfiguration: Sendable {
    /// Most keys that are remembered, 1 or more; about 300 bytes each.
    public var cacheCapacity = 100_000
    /// Pause between two looks for changes.
    public var pollPause: Duration = .milliseconds(250)
    /// How long one look may take, before it counts as failed.
    public var pollDeadline: Duration = .milliseconds(500)
    /// How long after the last look that succeeded remembered keys are still believed; with it, a revocation reaches this process
    /// within a second even while the database answers nobody.
    public var trustLimit: Duration = .seconds(1)
    /// Pause between two writings of the last uses of keys, and between two removals of expired sessions.
    public var usePause: Duration = .seconds(30)

    /// How many rounds of bcrypt one attempt with an unknown key may cost, besides its first hash; 32 768 are eight hashes of the
    /// usual cost 12, two to four seconds.
    public var roundsPerAttempt = 32_768
    /// The largest cost of a hash in `api_keys` that is honoured, 4 to 31; each step doubles the time, and 16 takes some seconds.
    public var maximumCost = 16
    /// Most unknown keys that are tried against bcrypt hashes at a time, 1 or more; one thread serves them all.
    public var maximumAttempts = 8
    /// Most requests that wait for what comes of another's attempt with the same key.
    public var maximumWaiters = 256
    /// Most unknown keys of which it is remembered which hashes they do not fit.
    public var rememberedFailures = 10_000

    /// How long a session of an administrator lasts (setting `ADMIN_SESSION_TTL_SECONDS`).
    public var sessionLifetime: Duration = .seconds(3_600)
    /// Most sessions of one key, 1 or more; a further one ends the oldest.
    public var sessionsPerKey = 100

    /// Creates a configuration with the usual values.
    public init() {}
}
