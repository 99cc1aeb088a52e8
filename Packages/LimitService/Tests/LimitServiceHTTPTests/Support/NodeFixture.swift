import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import LimitService
import LimitServiceHTTP
import NIOPosix
import PrometheusMetrics
import RateLimit
import TestKit

/// A node that works alone, on a clock that stands still unless it is moved.
struct NodeFixture {
    let clock = ManualClock()
    let registry = PrometheusRegistry()
    let service: LimitService
    let http: HTTPService
    let front: CheckFront

    init(
        defaultLimit: Int64 = 3, token: String? = nil, limits: CheckFront.Limits = CheckFront.Limits(),
        service: LimitService? = nil, bodyTimeout: Duration = .seconds(10), isStopping: @escaping @Sendable () -> Bool = { false }
    ) throws {
        let clock = self.clock
        let start = clock.now
        let table = try InProcessRateLimitStore(memoryBytes: 4 << 20) {
            RateLimitInstant(offset: start.duration(to: clock.now))
        }
        self.service = try service ?? .inProcess(try LimitServiceConfiguration(defaultLimit: defaultLimit), table: table)
        let metrics = try LimitMetrics(registry: self.registry)
        let http = try HTTPMetrics(registry: self.registry)
        let loops = MultiThreadedEventLoopGroup.singleton
        let node = LoneNode(id: "node-1", startedAt: "2026-11-26T21:27:22Z")
        node.nodeListens(at: "localhost:8000")
        let operations =
            CheckOperations(service: self.service, metrics: metrics, eventLoops: loops).operations
            + ManagementOperations(
                service: self.service, nodes: node, access: token == nil ? .anyone : .caller, eventLoops: loops
            ).operations + MetricsOperations.operations(showing: self.registry)
        guard let keyHeader = HTTPField.Name("X-API-Key") else { preconditionFailure("a header name") }
        var configuration = HTTPService.Configuration(keyHeader: keyHeader)
        configuration.bodyTimeout = bodyTimeout
        self.http = try HTTPService(
            operations: operations,
            parts: HTTPService.Parts(
                resolver: token.flatMap { AdminToken($0) } ?? NoCallers(), limits: NoLimits(), metrics: http,
                translate: { _ in nil }),
            configuration: configuration)
        self.front = CheckFront(service: self.service, metrics: metrics, http: http, limits: limits, isStopping: isStopping)
    }

    /// The value of a metric, or `nil` when it is not shown.
    func metric(_ series: String) -> Double? {
        let lines = String(decoding: self.registry.render(), as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(series + " ") }.flatMap { Double($0.dropFirst(series.count + 1)) }
    }
}
