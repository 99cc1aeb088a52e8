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
    /// Builds what decides over limits, from the settings.
    static func make(_ settings: SettingsReader, registry: PrometheusRegistry, logger: Logger) throws -> any LimitEnforcer {
        guard try settings.value(of: ApiServerSettings.limitsEnabled) else { return UnlimitedRequests() }
        var rules = ClassRules()
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
        let megabytes = try settings.value(of: ApiServerSettings.limitMemory)
        return ClassLimiter(
            store: try InProcessRateLimitStore(memoryBytes: megabytes << 20),
            rules: rules,
            metrics: try RateLimitMetrics(registry: registry),
            logger: logger
        )
    }
}
