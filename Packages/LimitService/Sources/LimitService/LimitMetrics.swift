public import PrometheusMetrics

/// The metrics of decisions (CONTRACTS §1.5).
///
/// ```
/// ratelimiter_requests_checked_total{result="allowed"} 12
/// ratelimiter_check_duration_seconds_bucket{le="0.001"} 12
/// ```
public struct LimitMetrics: Sendable {
    private let allowed: PrometheusCounter
    private let blocked: PrometheusCounter
    private let durations: PrometheusHistogram

    /// Makes the metrics.
    ///
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        let checked = try registry.counter(
            "ratelimiter_requests_checked_total", help: "Checks by their result.", labels: ["result"])
        self.allowed = checked.with("allowed")
        self.blocked = checked.with("blocked")
        self.durations = try registry.histogram(
            "ratelimiter_check_duration_seconds", help: "Time from a check's request to its answer.",
            buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0])
    }

    /// Counts one check.
    public func record(_ answer: LimitAnswer) {
        if answer.isAllowed { self.allowed.increment() } else { self.blocked.increment() }
    }

    /// Counts the time of one request, whether it held one check or many.
    public func record(duration: Duration) {
        self.durations.observe(duration)
    }
}
