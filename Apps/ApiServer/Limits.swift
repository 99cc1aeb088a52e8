import ApprovalHTTP
import AuditHTTP
import AuthHTTP
import CredentialsHTTP
import HTTPCore
import KnowledgeHTTP
import LanguageModelHTTP
import Logging
import PrometheusMetrics
import RateLimit
import RateLimitHTTP
import RetrievalHTTP
import Settings
import ToolConsoleHTTP
import ToolGatewayHTTP

/// The limits of the server by class.
enum Limits {
    /// The limit on looking after webhooks, charged to the caller.
    static let webhooks = LimitClass("webhooks")

    /// Builds what decides over limits, from the settings; the counters are in Redis if there is one.
    static func make(
        _ settings: SettingsReader, redis: SharedRedis?, registry: PrometheusRegistry, logger: Logger
    ) throws -> any LimitEnforcer {
        let megabytes = try settings.value(of: ApiServerSettings.limitMemory)
        let table = try InProcessRateLimitStore(memoryBytes: megabytes << 20)
        let rules = try Self.rules(settings)
        let metrics = try RateLimitMetrics(registry: registry)
        guard let redis else { return ClassLimiter(limiter: RateLimiter(store: table), rules: rules, metrics: metrics) }
        let shared = try SharedLimits(redis: redis, registry: registry, logger: logger)
        let limiter = RateLimiter(store: shared.store, fallback: table, onStoreFailure: { shared.storeFailed($0) })
        return ClassLimiter(limiter: limiter, rules: rules, metrics: metrics, naming: .plainUsers)
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
        try rules.set(
            AdminOperations.loginLimit, quotas: try settings.value(of: ApiServerSettings.failedAuthenticationLimit),
            algorithm: .slidingLog)
        try rules.set(
            GatewayOperations.invokeLimit, quotas: try settings.value(of: ApiServerSettings.invokeLimit), algorithm: .slidingLog)
        try rules.set(
            TelemetryOperations.limit, quotas: try settings.value(of: ApiServerSettings.telemetryLimit), algorithm: .slidingLog)
        try rules.set(
            CredentialOperations.limit, quotas: try settings.value(of: ConsoleSettings.authLimit).quotas, algorithm: .slidingLog)
        try rules.set(
            ToolConsoleOperations.executionLimit, quotas: try settings.value(of: ConsoleSettings.executionLimit).quotas,
            algorithm: .slidingLog)
        try rules.set(
            ToolConsoleOperations.readLimit, quotas: try settings.value(of: ConsoleSettings.readLimit).quotas,
            algorithm: .slidingLog)
        let questions = try settings.value(of: ApiServerSettings.queryLimit)
        for limitClass in [RetrievalLimits.query, RetrievalLimits.enhanced] {
            try rules.set(limitClass, quotas: questions, algorithm: .slidingLog)
        }
        try rules.set(
            RetrievalLimits.upload, quotas: try settings.value(of: ApiServerSettings.uploadLimit), algorithm: .slidingLog)
        let others = try settings.value(of: ApiServerSettings.defaultLimit)
        for limitClass in [RetrievalLimits.others, UsageOperations.limit] {
            try rules.set(limitClass, quotas: others, algorithm: .slidingLog)
        }
        let administration = try settings.value(of: ApiServerSettings.administrationLimit)
        let classes = [
            Self.webhooks, AuditOperations.readLimit, ApprovalOperations.readLimit, ApprovalOperations.decideLimit,
            GatewayOperations.readLimit,
        ]
        for limitClass in classes { try rules.set(limitClass, quotas: administration, algorithm: .slidingLog) }
        return rules
    }
}
