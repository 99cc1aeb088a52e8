public import PrometheusMetrics
import SecretScanning

/// Counts what a gate finds, by type.
///
/// ```
/// gatehouse_content_findings_total{action="blocked",group="compatible",type="AWS Access Key"} 1.0
/// gatehouse_content_screenings_total{outcome="refused"} 1.0
/// ```
///
/// Actions: `blocked` and `reported`. Groups: `compatible`, `further`, `generic`, `pii`. Types are those of the rules, about a
/// hundred. Outcomes: `admitted`, `refused`, and `incomplete` for what was refused because it could not be looked through
/// completely.
public struct ContentMetrics: Sendable {
    private let findings: PrometheusFamily<PrometheusCounter>
    private let admitted: PrometheusCounter
    private let refused: PrometheusCounter
    private let incomplete: PrometheusCounter

    /// Makes the metrics.
    ///
    /// - Parameter registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.findings = try registry.counter(
            "gatehouse_content_findings_total",
            help: "Credentials and personal data found in submitted texts, by type, group of rules and what was done.",
            labels: ["type", "group", "action"])
        let screenings = try registry.counter(
            "gatehouse_content_screenings_total", help: "Submissions that were looked through, by outcome.",
            labels: ["outcome"])
        self.admitted = screenings.with("admitted")
        self.refused = screenings.with("refused")
        self.incomplete = screenings.with("incomplete")
    }

    func record(_ tally: Tally) {
        for (series, count) in tally.counts {
            let action = series.isBlocked ? "blocked" : "reported"
            self.findings.with(series.type, series.group.rawValue, action).increment(by: count)
        }
        let outcome = tally.isIncomplete ? self.incomplete : tally.refusal == nil ? self.admitted : self.refused
        outcome.increment()
    }
}
