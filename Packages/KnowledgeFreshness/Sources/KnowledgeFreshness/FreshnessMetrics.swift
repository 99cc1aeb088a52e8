public import PrometheusMetrics
import Staleness

/// Counts checks of traces and what waits for one.
///
/// ```
/// gatehouse_freshness_checks_total{grade="minor"} 12.0
/// gatehouse_freshness_failures_total{reason="index"} 3.0
/// gatehouse_freshness_queue_depth 7.0
/// ```
///
/// Failures: `index` (it could not be asked), `trace` (it cannot be read), `lease` (another server took over meanwhile),
/// `changed` (the trace changed meanwhile, and is checked anew), `database` (the outcome could not be kept, and the trace is
/// checked again).
public struct FreshnessMetrics: Sendable {
    enum Failure: String, CaseIterable {
        case index, trace, lease, changed, database
    }

    private let checks: PrometheusFamily<PrometheusCounter>
    private let failures: PrometheusFamily<PrometheusCounter>
    private let depth: PrometheusGauge

    /// Makes the metrics.
    ///
    /// - Parameter registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.checks = try registry.counter(
            "gatehouse_freshness_checks_total", help: "Checks of how old traces are, by the grade that was kept.",
            labels: ["grade"])
        self.failures = try registry.counter(
            "gatehouse_freshness_failures_total", help: "Checks of how old traces are that brought nothing, by reason.",
            labels: ["reason"])
        self.depth = try registry.gauge(
            "gatehouse_freshness_queue_depth", help: "Traces that are due for a check, counted every 15 seconds.")
        // Series that exist from the start let alerts tell zero from absent.
        for grade in Freshness.allCases { _ = self.checks.with(grade.rawValue) }
        for failure in Failure.allCases { _ = self.failures.with(failure.rawValue) }
    }

    func count(_ grade: Freshness) {
        self.checks.with(grade.rawValue).increment()
    }

    func count(_ failure: Failure) {
        self.failures.with(failure.rawValue).increment()
    }

    func show(depth: Int) {
        self.depth.set(depth)
    }
}
