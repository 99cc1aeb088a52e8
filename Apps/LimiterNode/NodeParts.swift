import AppSupport
import ArgumentParser
import HTTPCore
import HTTPTypes
import LimitService
import LimitServiceHTTP
import LimitServiceRESP
import Logging
import NIOCore
import NIOPosix
import PrometheusMetrics
import RateLimit
import RateLimitRedis
import Redis
import ServiceLifecycle
import Settings
import StrictJSON

/// The parts of the node, put together.
struct NodeParts {
    let readiness: Readiness
    let service: HTTPService
    let server: HTTPServer.Configuration
    /// What runs beside the server; stopped after it, from the last to the first.
    let background: [any Service]
    /// `memory` or `redis`
    let storeName: String
    private let onListening: @Sendable (_ port: Int) -> Void

    /// Says that connections are accepted.
    func listening(at port: Int) { self.onListening(port) }

    /// Builds everything from the settings; opens nothing.
    ///
    /// - Throws: `ExitCode` after a line on standard error that says what went wrong.
    static func make(_ settings: SettingsReader, logger: Logger) throws -> NodeParts {
        let registry = PrometheusRegistry()
        try registry.registerProcessMetrics()
        try registry.registerBuildInfo(version: Gatehouse.version)
        let table = try InProcessRateLimitStore(memoryBytes: try settings.value(of: LimiterNodeSettings.memory) << 20)
        try TableMetrics.register(table, registry: registry)
        let store = try NodeStore.make(settings, table: table, registry: registry, logger: logger)
        let limits = store.service
        try registry.gauge("ratelimiter_active_counters", help: "Counters that are live, as far as is known.") {
            Double(limits.activeCounters)
        }
        let readiness = Readiness()
        let metrics = try LimitMetrics(registry: registry)
        let http = try HTTPMetrics(registry: registry)
        let nodeID = try settings.value(of: LimiterNodeSettings.nodeID)
        let health = HealthOperations(version: Gatehouse.version, readiness: readiness, checks: store.healthChecks) {
            [("node_id", .string(nodeID)), ("store", .string(store.name)), ("degraded", .bool(store.isDegraded()))]
        }
        let token = try settings.value(of: LimiterNodeSettings.adminToken)
        let eventLoops = MultiThreadedEventLoopGroup.singleton
        let operations =
            health.operations + MetricsOperations.operations(showing: registry)
            + CheckOperations(service: limits, metrics: metrics, eventLoops: eventLoops).operations
            + ManagementOperations(
                service: limits, nodes: store.nodes, access: token == nil ? .anyone : .caller, eventLoops: eventLoops
            ).operations
        guard let keyHeader = HTTPField.Name("X-API-Key") else { preconditionFailure("X-API-Key is a header name") }
        var configuration = HTTPService.Configuration(keyHeader: keyHeader)
        configuration.title = "Gatehouse limiter node"
        configuration.version = Gatehouse.version
        let resolver: any CallerResolver = token.flatMap { AdminToken($0) } ?? NoCallers()
        let service = try HTTPService(
            operations: operations,
            parts: HTTPService.Parts(resolver: resolver, limits: NoLimits(), metrics: http, translate: { _ in nil }),
            configuration: configuration)
        var server = HTTPServer.Configuration(
            host: try settings.value(of: LimiterNodeSettings.bind), port: try settings.value(of: LimiterNodeSettings.port))
        server.isStopping = { readiness.phase == .draining }
        server.front = CheckFront(service: limits, metrics: metrics, http: http, isStopping: server.isStopping)
        let host = try settings.value(of: LimiterNodeSettings.nodeHost)
        let listener = try Self.respListener(settings, limits: limits, metrics: metrics, registry: registry, logger: logger)
        return NodeParts(
            readiness: readiness, service: service, server: server, background: store.background + (listener.map { [$0] } ?? []),
            storeName: store.name,
            onListening: { port in store.announce("\(host):\(port)") })
    }
    /// What speaks to Redis clients, if a port is set for them.
    private static func respListener(
        _ settings: SettingsReader, limits: LimitService, metrics: LimitMetrics, registry: PrometheusRegistry, logger: Logger
    ) throws -> RESPListener? {
        guard let port = try settings.value(of: LimiterNodeSettings.respPort) else { return nil }
        let host = try settings.value(of: LimiterNodeSettings.bind)
        let password = try settings.value(of: LimiterNodeSettings.respPassword)
        return RESPListener(
            limits, configuration: RESPConfiguration(host: host, port: port, password: password), decisions: metrics,
            metrics: try RESPMetrics(registry: registry), logger: logger
        ) { port in
            logger.info("listening for Redis clients", metadata: ["host": "\(host)", "port": "\(port)"])
            Program.say("limiter-node speaks RESP at \(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
    }
}
