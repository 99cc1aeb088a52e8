public import PrometheusMetrics

/// The metrics of the RESP listener; decisions count in those of `/check`.
///
/// ```
/// ratelimiter_resp_connections 12
/// ratelimiter_resp_rejected_connections_total 0
/// ratelimiter_resp_protocol_errors_total 0
/// ```
public struct RESPMetrics: Sendable {
    let connections: PrometheusGauge
    let rejectedConnections: PrometheusCounter
    let protocolErrors: PrometheusCounter

    /// Makes the metrics.
    ///
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.connections = try registry.gauge("ratelimiter_resp_connections", help: "Open connections of the RESP listener.")
        self.rejectedConnections = try registry.counter(
            "ratelimiter_resp_rejected_connections_total", help: "Connections refused because there were too many.")
        self.protocolErrors = try registry.counter(
            "ratelimiter_resp_protocol_errors_total", help: "Connections ended because their bytes were no RESP.")
    }
}
