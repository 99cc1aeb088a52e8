import AuthHTTP
import HTTPCore
import KnowledgeHTTP
import PrometheusMetrics
import RateLimit
import RateLimitHTTP
import Settings

/// The limits of the server by class.
enum Limits {
    /// Builds what decides over limits, from the settings.
    static func make(_ settings: SettingsReader, registry: PrometheusRegistry) throws -> any LimitEnforcer {
        let megabytes = try settings.value(of: ApiServerSettings.limitMemory)
        let limiter = RateLimiter(store: try InProcessRateLimitStore(memoryBytes: megabytes << 20))
        return ClassLimiter(limiter: limiter, rules: try Self.rules(settings), metrics: try RateLimitMetrics(registry: registry))
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
