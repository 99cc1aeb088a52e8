import HTTPCore
import KnowledgeHTTP
import Logging
import PrometheusMetrics
import RateLimit
import RateLimitRedis
import Synchronization

/// Counters that several servers share in Redis (CONTRACTS §4.2, S1-12); while it is away, each counts for itself.
final class SharedLimits: Sendable {
    let store: RedisRateLimitStore
    private let failures: PrometheusCounter
    private let logger: Logger
    private let lastWarning = Mutex<ContinuousClock.Instant?>(nil)

    /// Builds the store; nothing is opened.
    ///
    /// - Throws: `PrometheusError` when a name of a metric is taken by something else.
    init(redis: SharedRedis, registry: PrometheusRegistry, logger: Logger) throws {
        self.store = try RedisRateLimitStore(
            client: redis.client,
            configuration: RedisRateLimitConfiguration(
                layouts: [
                    TraceOperations.readLimit.name: .bucket(.read), TraceOperations.writeLimit.name: .bucket(.write),
                ]))
        self.failures = try registry.counter(
            "gatehouse_rate_limit_store_failures_total", help: "Decisions that the shared store of limits did not make.")
        self.logger = logger
    }

    /// Counts a failure, and warns at most every ten seconds.
    func storeFailed(_ error: RateLimitError) {
        self.failures.increment()
        let now = ContinuousClock.now
        let isDue = self.lastWarning.withLock { last in
            if let last, last.duration(to: now) < .seconds(10) { return false }
            last = now
            return true
        }
        guard isDue else { return }
        self.logger.warning(
            "limits are counted in this process while Redis gives no answer",
            metadata: ["error": .string(String(reflecting: error))])
    }
}
