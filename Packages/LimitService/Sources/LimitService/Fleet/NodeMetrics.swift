public import PrometheusMetrics

/// The metrics of a node's place in the fleet.
public struct NodeMetrics: Sendable {
    private let up: PrometheusGauge
    private let live: PrometheusGauge
    private let failures: PrometheusCounter

    /// Makes the metrics.
    ///
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.up = try registry.gauge("ratelimiter_node_up", help: "Whether this node takes checks.")
        self.live = try registry.gauge(
            "gatehouse_limiter_live_nodes", help: "Nodes that shared the store at the last heartbeat that worked.")
        self.failures = try registry.counter(
            "gatehouse_limiter_heartbeat_failures_total", help: "Heartbeats that the shared store did not take.")
        self.live.set(1)
    }

    /// Says whether the node takes checks.
    public func nodeIsUp(_ isUp: Bool) {
        self.up.set(isUp ? 1 : 0)
    }

    func heartbeat(isWorking: Bool, liveNodes: Int) {
        if !isWorking { self.failures.increment() }
        self.live.set(Double(liveNodes))
    }
}
