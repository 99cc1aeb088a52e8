public import Policy
public import PrometheusMetrics

/// Counts calls of tools, and tells how the policy fares.
///
/// ```
/// gatehouse_gateway_calls_total{decision="ALLOW",output_decision="ALLOW",execution="SUCCESS"} 1.0
/// gatehouse_gateway_call_duration_seconds_bucket{…}
/// gatehouse_policy_shadow_total{decision="DENY"} 1.0
/// gatehouse_policy_reloads_total 0.0
/// gatehouse_policy_refused_total 0.0
/// gatehouse_policy_is_current 1.0
/// ```
///
/// `execution` is `none` where nothing ran. `is_current` is 0 while changed policy files have faults and the last good revision stays
/// in force.
public struct GatewayMetrics: Sendable {
    private let calls: PrometheusFamily<PrometheusCounter>
    private let durations: PrometheusHistogram
    private let shadows: PrometheusFamily<PrometheusCounter>

    /// Makes the metrics.
    ///
    /// - Parameters:
    ///   - policies: The policy that is in force.
    ///   - registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(policies: PolicyStore, registry: PrometheusRegistry) throws(PrometheusError) {
        self.calls = try registry.counter(
            "gatehouse_gateway_calls_total", help: "Calls of tools, by what was decided and what became of them.",
            labels: ["decision", "output_decision", "execution"])
        self.durations = try registry.histogram(
            "gatehouse_gateway_call_duration_seconds", help: "How long calls of tools took, the tool included.")
        self.shadows = try registry.counter(
            "gatehouse_policy_shadow_total", help: "Calls that a shadow rule would have decided, by its decision.",
            labels: ["decision"])
        try registry.counter("gatehouse_policy_reloads_total", help: "Changed policies that came into force.") {
            Double(policies.state.reloads)
        }
        try registry.counter("gatehouse_policy_refused_total", help: "Changed policies that have faults and were not taken up.") {
            Double(policies.state.refusals)
        }
        try registry.gauge(
            "gatehouse_policy_is_current", help: "Whether the policy files as they are now are in force; 0 or 1."
        ) { policies.state.failure == nil ? 1 : 0 }
    }

    /// Counts a call.
    public func record(_ event: GatewayEvent) {
        self.calls.with(event.decision.rawValue, event.outputDecision.rawValue, event.executionStatus ?? "none").increment()
        self.durations.observe(event.duration / .seconds(1))
        for shadow in event.shadows { self.shadows.with(shadow.verdict.rawValue).increment() }
    }
}
