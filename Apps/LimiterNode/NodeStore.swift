import AppSupport
import ArgumentParser
import HTTPCore
import LimitService
import Logging
import NIOPosix
import PrometheusMetrics
import RateLimit
import RateLimitRedis
import Redis
import ServiceLifecycle
import Settings

/// Where a node counts, and what belongs to that: the table of this process, or a Redis that a fleet shares.
struct NodeStore {
    /// `memory` or `redis`
    let name: String
    let service: LimitService
    let nodes: any NodeDirectory
    let background: [any Service]
    let healthChecks: [HealthCheck]
    /// Whether answers come from somewhere else than they should.
    let isDegraded: @Sendable () -> Bool
    /// Says where the node listens.
    let announce: @Sendable (_ address: String) -> Void

    static func make(
        _ settings: SettingsReader, table: InProcessRateLimitStore, registry: PrometheusRegistry, logger: Logger
    ) throws -> NodeStore {
        let configuration = try LimitServiceConfiguration(
            defaultLimit: Int64(try settings.value(of: LimiterNodeSettings.defaultLimit)),
            defaultWindowMilliseconds: Int64(try settings.value(of: LimiterNodeSettings.defaultWindow)),
            onStoreFailure: try settings.value(of: LimiterNodeSettings.onStoreFailure).rule)
        let metrics = try NodeMetrics(registry: registry)
        let id = try settings.value(of: LimiterNodeSettings.nodeID)
        let startedAt = RegistrationTime.now()
        guard let url = try settings.value(of: LimiterNodeSettings.redisURL) else {
            try Self.registerDegradation(registry, isDegraded: { false }, isOpen: { false })
            let node = LoneNode(id: id, startedAt: startedAt)
            return NodeStore(
                name: "memory", service: try .inProcess(configuration, table: table), nodes: node, background: [],
                healthChecks: [], isDegraded: { false }
            ) { address in
                node.nodeListens(at: address)
                metrics.nodeIsUp(true)
            }
        }
        let client = try Self.client(settings, url: url, logger: logger)
        let store = try RedisRateLimitStore(
            client: client,
            configuration: RedisRateLimitConfiguration(
                layouts: LimitService.layouts, deadline: try settings.value(of: LimiterNodeSettings.redisTimeout)))
        let nodes = NodeRegistry(
            client: client,
            configuration: NodeRegistry.Configuration(
                id: id, startedAt: startedAt, timeToLive: try settings.value(of: LimiterNodeSettings.timeToLive),
                heartbeat: try settings.value(of: LimiterNodeSettings.heartbeat)),
            metrics: metrics, logger: logger)
        let liveCounters = LiveCounterGauge(store: store, logger: logger)
        let isDegraded: @Sendable () -> Bool = { !client.isConnected || store.health.state != .closed }
        try Self.registerDegradation(registry, isDegraded: isDegraded, isOpen: { store.health.state != .closed })
        return NodeStore(
            name: "redis",
            service: try .shared(
                configuration, store: store, client: client, table: table, liveCounters: liveCounters,
                metrics: try StoreMetrics(registry: registry), liveNodes: { nodes.liveNodes }),
            nodes: nodes, background: [client, liveCounters, nodes],
            healthChecks: [
                // Without Redis the node still decides by its policy, so it stays ready.
                HealthCheck(name: "redis", isCore: true, isNeededToServe: false) {
                    _ = try await client.send(RedisCommand("PING"), within: .seconds(1))
                },
                // A Redis that answers but does not count, such as a read-only or a full one.
                HealthCheck(name: "decisions", isCore: false) {
                    guard store.health.state == .closed else {
                        throw RateLimitError(.storeUnavailable, message: store.health.lastFailure ?? "held back")
                    }
                },
            ],
            isDegraded: isDegraded, announce: { nodes.nodeListens(at: $0) })
    }

    private static func client(_ settings: SettingsReader, url: String, logger: Logger) throws -> RedisClient {
        do {
            var configuration = RedisConfiguration(url: try RedisURL(parsing: url))
            configuration.caFile = try settings.value(of: LimiterNodeSettings.redisCAFile)
            configuration.clientName = "gatehouse-limiter"
            logger.info("counters are shared", metadata: ["redis": "\(configuration.url)"])
            return RedisClient(
                configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        } catch let error as RedisError {
            throw Program.fail("RATELIMITER_REDIS_URL: \(error.message)", code: SettingsError.exitCode)
        }
    }

    private static func registerDegradation(
        _ registry: PrometheusRegistry, isDegraded: @escaping @Sendable () -> Bool, isOpen: @escaping @Sendable () -> Bool
    ) throws {
        try registry.gauge(
            "gatehouse_limiter_degraded", help: "Whether the shared store is away, so that the policy answers."
        ) { isDegraded() ? 1 : 0 }
        try registry.gauge("gatehouse_limiter_breaker_open", help: "Whether calls of the shared store are held back.") {
            isOpen() ? 1 : 0
        }
    }
}
