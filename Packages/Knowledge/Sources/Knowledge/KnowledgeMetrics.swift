public import PrometheusMetrics

/// What the commons' dashboards read of the knowledge base (CONTRACTS §1.5).
///
/// ```
/// commontrace_search_requests_total{has_tags="false"} 12.0
/// commontrace_search_duration_seconds_count 12.0
/// ```
///
/// Traces are found by their words, so the families about embeddings have no samples; they are there for dashboards that name them.
public struct KnowledgeMetrics: Sendable {
    private let searches: PrometheusFamily<PrometheusCounter>
    private let duration: PrometheusHistogram

    /// Makes the metrics.
    ///
    /// - Parameter registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.searches = try registry.counter(
            "commontrace_search_requests_total", help: "Searches, by whether they name tags.", labels: ["has_tags"])
        self.duration = try registry.histogram(
            "commontrace_search_duration_seconds", help: "How long searches take, failed ones included.")
        _ = try registry.counter(
            "commontrace_embeddings_processed_total", help: "Embeddings made; none are, traces are found by their words.",
            labels: ["model", "status"])
        _ = try registry.histogram(
            "commontrace_embedding_duration_seconds", help: "How long embeddings take; none are made.", labels: ["model"])
        // Series that exist from the start let alerts tell zero from absent.
        for value in ["true", "false"] { _ = self.searches.with(value) }
    }

    func countSearch(hasTags: Bool, duration: Duration) {
        self.searches.with(hasTags ? "true" : "false").increment()
        self.duration.observe(duration)
    }
}
