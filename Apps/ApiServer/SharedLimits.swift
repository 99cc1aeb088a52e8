import AppSupport
import ArgumentParser
import HTTPCore
import KnowledgeHTTP
import Logging
import NIOPosix
import PrometheusMetrics
import RateLimit
import RateLimitRedis
import Redis
import Settings
import Synchronization

/// Counters that several servers share in Redis (CONTRACTS §4.2, S1-12); while it is away, each counts for itself.
final class SharedLimits: Sendable {
    let client: RedisClient
    let store: RedisRateLimitStore
    private let failures: PrometheusCounter
    private let logger: Logger
    private let lastWarning = Mutex<ContinuousClock.Instant?>(nil)

    /// Builds the store; nothing is opened.
    ///
    /// - Throws: `ExitCode` after a line on standard error when the URL cannot be used.
    init(url: String, settings: SettingsReader, registry: PrometheusRegistry, logger: Logger) throws {
        let address: RedisURL
        do {
            address = try RedisURL(parsing: url)
        } catch {
            throw Program.fail("REDIS_URL: \(error.message)", code: SettingsError.exitCode)
        }
        var configuration = RedisConfiguration(url: address)
        configuration.caFile = try settings.value(of: ApiServerSettings.redisCAFile)
        configuration.clientName = "gatehouse-api-server"
        self.client = RedisClient(
            configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        self.store = try RedisRateLimitStore(
            client: self.client,
            configuration: RedisRateLimitConfiguration(
                layouts: [
                    TraceOperations.readLimit.name: .bucket(.read), TraceOperations.writeLimit.name: .bucket(.write),
                ]))
        self.failures = try registry.counter(
            "gatehouse_rate_limit_store_failures_total", help: "Decisions that the shared store of limits did not make.")
        self.logger = logger
        logger.info("limits are shared", metadata: ["redis": "\(address)"])
    }

    /// Whether Redis answers; without it the server is degraded and goes on.
    var healthCheck: HealthCheck {
        HealthCheck(name: "redis", isCore: false) { [client] in
            _ = try await client.send(RedisCommand("PING"), within: .seconds(1))
        }
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
