import AuthHTTP
import HTTPCore
import KnowledgeHTTP
import Logging
import PrometheusMetrics
import RateLimit
import RateLimitHTTP
import Settings

/// The limits of the server by class.
enum Limits {
    /// What decides over limits, and the Redis behind it if there is one.
    struct Parts {
        let enforcer: any LimitEnforcer
        let shared: SharedLimits?
    }

    /// Builds what decides over limits, from the settings.
    static func make(_ settings: SettingsReader, registry: PrometheusRegistry, logger: Logger) throws -> Parts {
        let megabytes = try settings.value(of: ApiServerSettings.limitMemory)
        let table = try InProcessRateLimitStore(memoryBytes: megabytes << 20)
        let rules = try Self.rules(settings)
        let metrics = try RateLimitMetrics(registry: registry)
        guard let url = try settings.value(of: ApiServerSettings.redisURL) else {
            return Parts(enforcer: ClassLimiter(limiter: RateLimiter(store: table), rules: rules, metrics: metrics), shared: nil)
        }
        let shared = try SharedLimits(url: url, settings: settings, registry: registry, logger: logger)
        let limiter = RateLimiter(store: shared.store, fallback: table, onStoreFailure: { shared.storeFailed($0) })
        return Parts(
            enforcer: ClassLimiter(limiter: limiter, rules: rules, metrics: metrics, naming: .plainUsers), shared: shared)
    }

    /// The rules of every class; none while limits are switched off.
    private static func rules(_ settings: SettingsReader) throws -> ClassRules {
        var rules = ClassRules()
        guard try settings.value(of: ApiServerSettings.limitsEnabled) else { return rules }
        let read = Int64(try settings.value(of: ApiServerSettings.readLimit))
        let write = Int64(try settings.value(of: ApiServerSettings.writeLimit))
        try rules.set(TraceOperations.readLimit, quotas: [Quota(limit: read, per: 1, .minute)], algorithm: .tokenBucket)
        try rules.set(TraceOperations.writeLimit, quotas: [Quota(limit: write, per: 1, .minute)], algorithm: .tokenBucket)
        try rules.set(
            KeyOperations.creationLimit, quotas: try settings.value(of: ApiServerSettings.keyCreationLimit),
            algorithm: .slidingLog)
        try rules.set(
            KeyOperations.failedAuthenticationLimit, quotas: try settings.value(of: ApiServerSettings.failedAuthenticationLimit),
            algorithm: .slidingLog)
        return rules
    }
}
