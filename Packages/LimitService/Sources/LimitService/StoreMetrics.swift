public import PrometheusMetrics
import RateLimit

/// The metrics of a shared store's failures.
///
/// ```
/// gatehouse_limiter_store_failures_total{policy="local"} 3
/// ```
public struct StoreMetrics: Sendable {
    private let open: PrometheusCounter
    private let closed: PrometheusCounter
    private let local: PrometheusCounter

    /// Makes the metric.
    ///
    /// - Throws: `PrometheusError` when the name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        let failures = try registry.counter(
            "gatehouse_limiter_store_failures_total",
            help: "Decisions that the shared store did not make, by the policy that answered.", labels: ["policy"])
        self.open = failures.with("open")
        self.closed = failures.with("closed")
        self.local = failures.with("local")
    }

    func storeFailed(_ policy: RateLimitRule.StoreFailurePolicy) {
        switch policy {
        case .open: self.open.increment()
        case .closed: self.closed.increment()
        case .local: self.local.increment()
        }
    }
}
