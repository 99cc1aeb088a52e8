import ContentScreening
import HTTPCore
import LanguageModel
import LanguageModelHTTP
import Logging
import PrometheusMetrics
import RateLimit
import Settings
import TokenBudgets

/// What language models may cost, and reports of what they did.
struct UsageParts {
    /// Memory for the counters of budgets in this process; some hundred thousand callers.
    private static let tableBytes = 16 << 20

    /// What every caller may use in a day; nil where nothing is limited.
    let budget: TokenBudget?
    let operations: [Operation]

    /// Builds them; the counters are in Redis if there is one.
    ///
    /// - Throws: `RateLimitError` or `PrometheusError` when a part cannot be made.
    static func make(
        _ settings: SettingsReader, redis: SharedRedis?, registry: PrometheusRegistry, logger: Logger
    ) throws -> UsageParts {
        let budget = try Self.budget(settings, redis: redis, registry: registry, logger: logger)
        let operations = UsageOperations(
            metrics: try LanguageModelMetrics(registry: registry), budget: budget, acceptsLabel: IdentifierScreen().isFit
        ).operations
        return UsageParts(budget: budget, operations: operations)
    }

    private static func budget(
        _ settings: SettingsReader, redis: SharedRedis?, registry: PrometheusRegistry, logger: Logger
    ) throws -> TokenBudget? {
        guard try settings.value(of: ApiServerSettings.limitsEnabled),
            let tokens = try settings.value(of: ApiServerSettings.dailyTokens)
        else { return nil }
        let table = try InProcessRateLimitStore(memoryBytes: Self.tableBytes)
        let metrics = try TokenBudgetMetrics(registry: registry)
        guard let redis else { return try TokenBudget(dailyTokens: tokens, store: table, metrics: metrics) }
        let shared = try SharedLimits(redis: redis, registry: registry, logger: logger)
        return try TokenBudget(
            dailyTokens: tokens, store: shared.store, fallback: table, metrics: metrics,
            onStoreFailure: { shared.storeFailed($0) })
    }
}
