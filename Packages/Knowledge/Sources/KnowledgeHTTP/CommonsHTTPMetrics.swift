public import HTTPCore
public import PrometheusMetrics

/// The HTTP metrics under the names that dashboards of the older knowledge base read (CONTRACTS §1.5).
///
/// ```
/// commontrace_http_requests_total{method="GET",path="/api/v1/traces/{id}",status_code="200"} 3.0
/// ```
///
/// The path is the route template, never what a client typed (CONTRACTS §8.2).
public struct CommonsHTTPMetrics: Sendable {
    private static let buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    private let requests: PrometheusFamily<PrometheusCounter>
    private let durations: PrometheusFamily<PrometheusHistogram>

    /// Makes the metrics.
    ///
    /// - Parameter registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.requests = try registry.counter(
            "commontrace_http_requests_total", help: "Requests by method, route template and status.",
            labels: ["method", "path", "status_code"])
        self.durations = try registry.histogram(
            "commontrace_http_request_duration_seconds", help: "How long requests took, by method and route template.",
            labels: ["method", "path"], buckets: Self.buckets)
    }

    /// Records one request; for the observer of `HTTPMetrics`.
    public func observe(_ request: HTTPMetrics.Observation) {
        self.requests.with(request.method, request.handler, "\(request.status)").increment()
        self.durations.with(request.method, request.handler).observe(request.elapsed)
    }
}
