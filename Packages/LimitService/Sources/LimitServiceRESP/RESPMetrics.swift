import LimitService
public import PrometheusMetrics

/// The metrics of the RESP listener; decisions count in those of `/check` as well.
///
/// ```
/// gatehouse_limiter_resp_commands_total{outcome="allowed"} 12
/// gatehouse_limiter_resp_connections 12
/// gatehouse_limiter_resp_rejected_connections_total 0
/// gatehouse_limiter_resp_protocol_errors_total 0
/// ```
///
/// Outcomes of `CL.THROTTLE` and `THROTTLE`: `allowed`, `limited`, and `error` where the numbers made no bucket or no answer could be
/// given.
public struct RESPMetrics: Sendable {
    let connections: PrometheusGauge
    let rejectedConnections: PrometheusCounter
    let protocolErrors: PrometheusCounter
    private let allowed: PrometheusCounter
    private let limited: PrometheusCounter
    private let failed: PrometheusCounter

    /// Makes the metrics.
    ///
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.connections = try registry.gauge(
            "gatehouse_limiter_resp_connections", help: "Open connections of the RESP listener.")
        self.rejectedConnections = try registry.counter(
            "gatehouse_limiter_resp_rejected_connections_total", help: "Connections refused because there were too many.")
        self.protocolErrors = try registry.counter(
            "gatehouse_limiter_resp_protocol_errors_total", help: "Connections ended because their bytes were no RESP.")
        let commands = try registry.counter(
            "gatehouse_limiter_resp_commands_total", help: "CL.THROTTLE and THROTTLE by their outcome.", labels: ["outcome"])
        self.allowed = commands.with("allowed")
        self.limited = commands.with("limited")
        self.failed = commands.with("error")
    }

    /// Counts one command; `nil` is one that got no answer.
    func record(_ answer: LimitAnswer?) {
        guard let answer, !answer.isUnavailable else { return self.failed.increment() }
        if answer.isAllowed { self.allowed.increment() } else { self.limited.increment() }
    }
}
