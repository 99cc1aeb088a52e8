public import RateLimit
public import RateLimitRedis
public import Redis

extension LimitService {
    /// The layouts of the rules that the service decides by, for the configuration of its store.
    public static let layouts: [String: RedisRateLimitLayout] = [RuleBook.checkText: .check]

    /// A service for a node that shares its counters.
    ///
    /// - Parameters:
    ///   - configuration: What to go by.
    ///   - store: The shared store, made with ``layouts``.
    ///   - client: The connection of the store.
    ///   - table: Where to count while the store gives no answer.
    ///   - liveCounters: Knows how many counters are live.
    ///   - metrics: Counts the store's failures.
    ///   - liveNodes: How many nodes shared the store when it was last known.
    /// - Throws: `RateLimitError` with code `invalidQuota`.
    public static func shared(
        _ configuration: LimitServiceConfiguration, store: RedisRateLimitStore, client: RedisClient,
        table: InProcessRateLimitStore, liveCounters: LiveCounterGauge, metrics: StoreMetrics,
        liveNodes: @escaping @Sendable () -> Int
    ) throws(RateLimitError) -> LimitService {
        let rules = try RuleBook(onStoreFailure: configuration.onStoreFailure)
        let fallback = FallbackDecider(
            policy: configuration.onStoreFailure, table: table, liveNodes: liveNodes, metrics: metrics)
        let engine = SharedEngine(
            store: store, rules: rules, overrides: OverrideTable(capacity: 10_000), fallback: fallback,
            configuration: configuration, liveCounters: liveCounters)
        return LimitService(
            configuration: configuration, engine: engine, rules: rules, leaseKeys: SharedLeaseKey(client: client))
    }
}
