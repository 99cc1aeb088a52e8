public import RateLimit

/// What a node needs to know to decide.
public struct LimitServiceConfiguration: Sendable {
    /// Units per window where neither the question nor an override names a limit; 0 or more (`RATELIMITER_DEFAULT_LIMIT`).
    public var defaultLimit: Int64
    /// The window where neither names one, in milliseconds (`RATELIMITER_DEFAULT_WINDOW_MS`).
    public var defaultWindowMilliseconds: Int64
    /// What to answer while the shared store gives no answer (`RATELIMITER_ON_STORE_FAILURE`).
    public var onStoreFailure: RateLimitRule.StoreFailurePolicy
    /// The most overrides that a node without a shared store keeps.
    public var maximumOverrides: Int

    /// Creates a configuration.
    ///
    /// - Parameters:
    ///   - defaultLimit: Units per window, 0 or more; 100 by default.
    ///   - defaultWindowMilliseconds: From 1 to `Quota.maximumWindowMilliseconds`; a minute by default.
    ///   - onStoreFailure: What to answer while the shared store gives no answer.
    ///   - maximumOverrides: The most overrides kept in memory.
    /// - Throws: `RateLimitError` with code `invalidQuota` when the defaults make no quota.
    public init(
        defaultLimit: Int64 = 100, defaultWindowMilliseconds: Int64 = 60_000,
        onStoreFailure: RateLimitRule.StoreFailurePolicy = .local, maximumOverrides: Int = 100_000
    ) throws(RateLimitError) {
        _ = try Quota(limit: defaultLimit, per: defaultWindowMilliseconds, .millisecond)
        self.defaultLimit = defaultLimit
        self.defaultWindowMilliseconds = defaultWindowMilliseconds
        self.onStoreFailure = onStoreFailure
        self.maximumOverrides = maximumOverrides
    }
}
