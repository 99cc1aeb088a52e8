public import PrometheusMetrics

/// Counts attempts and what waits.
///
/// ```
/// gatehouse_webhook_deliveries_total{outcome="delivered"} 12.0
/// gatehouse_webhook_outbox_depth 3.0
/// ```
///
/// Outcomes of attempts: `delivered`; `failed`, `throttled` (429, 502, 504) and `refused` (the destination is one where nothing may go),
/// after which another attempt follows; `exhausted` (the last one failed); `gone` (410); `unrecorded` (the database could not be told, so
/// that the message comes once more).
public struct WebhookMetrics: Sendable {
    private let outcomes: PrometheusFamily<PrometheusCounter>
    private let depth: PrometheusGauge

    /// Makes the metrics.
    ///
    /// - Parameter registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.outcomes = try registry.counter(
            "gatehouse_webhook_deliveries_total", help: "Attempts to deliver webhooks, by outcome.", labels: ["outcome"])
        self.depth = try registry.gauge(
            "gatehouse_webhook_outbox_depth", help: "Webhooks of all servers that wait for an attempt, counted every 15 seconds.")
        // Series that exist from the start let alerts tell zero from absent.
        for outcome in Outcome.allCases { _ = self.outcomes.with(outcome.rawValue) }
    }

    enum Outcome: String, CaseIterable {
        case delivered, failed, throttled, refused, exhausted, gone, unrecorded
    }

    func count(_ outcome: Outcome) {
        self.outcomes.with(outcome.rawValue).increment()
    }

    func show(depth: Int) {
        self.depth.set(depth)
    }
}
