public import PrometheusMetrics
public import RateLimit

/// Counts what came of decisions, by rule.
///
/// ```
/// gatehouse_rate_limit_decisions_total{outcome="admitted",rule="read"} 12.0
/// ```
///
/// Outcomes: `admitted`, `denied`, and `shadow_denied` for a rule that would have denied if it were not in shadow.
public struct RateLimitMetrics: Sendable {
    private let decisions: PrometheusFamily<PrometheusCounter>

    /// Makes the metric.
    ///
    /// - Throws: `PrometheusError` when the name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.decisions = try registry.counter(
            "gatehouse_rate_limit_decisions_total",
            help: "Decisions of limit rules by rule and outcome.",
            labels: ["rule", "outcome"]
        )
    }

    /// Counts one decision.
    public func record(_ verdict: Verdict) {
        for rule in verdict.rules {
            let outcome = rule.denies ? "denied" : rule.wouldDeny ? "shadow_denied" : "admitted"
            self.decisions.with(rule.rule.description, outcome).increment()
        }
    }
}
