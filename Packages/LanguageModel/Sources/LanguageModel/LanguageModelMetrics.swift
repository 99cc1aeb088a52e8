public import PrometheusMetrics

/// Counts questions to language models and their tokens.
///
/// ```
/// llm_requests_total{model="small-7b",operation="query",status="success"} 1.0
/// llm_tokens_total{model="small-7b",operation="query"} 46.0
/// ```
///
/// A question counts once, however often it was sent. Tokens that the endpoint did not count are estimated; those of a question that
/// failed are not counted, save what a stream had brought before it broke off. Source: CONTRACTS §1.3, S2-4, S2-5.
public struct LanguageModelMetrics: Sendable {
    /// How a question ended; the raw value is the label.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// It was answered.
        case success
        /// It was not.
        case failure
    }

    private let requests: PrometheusFamily<PrometheusCounter>
    private let tokens: PrometheusFamily<PrometheusCounter>

    /// Makes the metrics.
    ///
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.requests = try registry.counter(
            "llm_requests_total", help: "Questions to language models, by how they ended.",
            labels: ["model", "operation", "status"])
        self.tokens = try registry.counter(
            "llm_tokens_total", help: "Tokens of questions to language models and of their answers.",
            labels: ["model", "operation"])
    }

    /// Counts a question.
    ///
    /// - Parameters:
    ///   - model: The model; names beyond what the registry bounds are counted as `other`.
    ///   - operation: What it was asked for.
    ///   - status: How it ended.
    ///   - tokens: What was used up, 0 or more; less counts as 0.
    public func record(model: String, operation: ModelOperation, status: Status, tokens: Int) {
        self.count(model, operation.name, status, tokens)
    }

    /// Counts a question that another service reports.
    ///
    /// Whoever calls it bounds how many different labels there are.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - operation: What it was asked for.
    ///   - status: How it ended.
    ///   - tokens: What was used up, 0 or more; less counts as 0.
    public func record(model: UsageLabel, operation: UsageLabel, status: Status, tokens: Int) {
        self.count(model.text, operation.text, status, tokens)
    }

    private func count(_ model: String, _ operation: String, _ status: Status, _ tokens: Int) {
        self.requests.with(model, operation, status.rawValue).increment()
        if tokens > 0 { self.tokens.with(model, operation).increment(by: Double(tokens)) }
    }
}
