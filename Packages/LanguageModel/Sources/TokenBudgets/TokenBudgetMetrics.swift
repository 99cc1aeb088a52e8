public import PrometheusMetrics

/// Counts what budgets of tokens said.
///
/// ```
/// gatehouse_llm_budget_decisions_total{outcome="granted"} 12.0
/// ```
///
/// Outcomes: `granted`, `exhausted`, `above_budget`, `store_unavailable`.
public struct TokenBudgetMetrics: Sendable {
    private let decisions: PrometheusFamily<PrometheusCounter>

    /// Makes the metric.
    ///
    /// - Throws: `PrometheusError` when the name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.decisions = try registry.counter(
            "gatehouse_llm_budget_decisions_total", help: "Questions for tokens of a language model, by what the budget said.",
            labels: ["outcome"])
    }

    func record(_ reservation: TokenReservation) {
        let outcome =
            switch reservation.refusal?.reason {
            case nil: "granted"
            case .exhausted: "exhausted"
            case .aboveBudget: "above_budget"
            case .storeUnavailable: "store_unavailable"
            }
        self.decisions.with(outcome).increment()
    }
}
