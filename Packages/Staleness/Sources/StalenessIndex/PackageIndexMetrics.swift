public import PrometheusMetrics

/// Counts questions to an index of packages.
///
/// ```
/// gatehouse_package_index_requests_total{outcome="found"} 12.0
/// ```
///
/// Outcomes: `found`, `unchanged` (304), `absent` (no such package), and the codes of ``IndexFailure``. Answers from memory are
/// no questions.
public struct PackageIndexMetrics: Sendable {
    private let requests: PrometheusFamily<PrometheusCounter>

    /// Makes the metrics.
    ///
    /// - Parameter registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.requests = try registry.counter(
            "gatehouse_package_index_requests_total", help: "Questions to the index of Python packages, by outcome.",
            labels: ["outcome"])
        for outcome in ["found", "unchanged", "absent"] + IndexFailure.Code.allCases.map(\.rawValue) {
            _ = self.requests.with(outcome)
        }
    }

    func count(_ answer: IndexAnswer, isUnchanged: Bool) {
        switch answer {
        case _ where isUnchanged: self.requests.with("unchanged").increment()
        case .found: self.requests.with("found").increment()
        case .absent: self.requests.with("absent").increment()
        case .failed(let failure): self.requests.with(failure.code.rawValue).increment()
        }
    }
}
