public import PrometheusMetrics

/// Counts what becomes of requests with an idempotency key.
///
/// ```
/// gatehouse_idempotency_total{outcome="replayed"} 1.0
/// ```
///
/// | outcome | what happened |
/// | --- | --- |
/// | `started` | a key was claimed and its handler ran |
/// | `answered` | the answer of a handler was kept |
/// | `oversized` | the answer of a handler was too large to be kept |
/// | `released` | a handler failed without effect; the key may be used again |
/// | `uncertain` | a handler failed and may have had its effect |
/// | `unsettled` | what a handler did could not be noted; its key will count as unknown |
/// | `replayed` | a kept answer was given again |
/// | `other_request` | 422: the key was used for another request |
/// | `running` | 409: the first request still runs |
/// | `unknown` | 409: what came of the first request is not known |
/// | `unkept` | 409: the first answer was too large, or cannot be read any more |
/// | `too_many` | 429: the caller has too many keys |
/// | `unavailable` | 503: keys could not be looked up |
public struct IdempotencyMetrics: Sendable {
    enum Outcome: String, CaseIterable {
        case started, answered, oversized, released, uncertain, unsettled, replayed, running, unknown, unkept, unavailable
        case otherRequest = "other_request"
        case tooMany = "too_many"
    }

    private let outcomes: [Outcome: PrometheusCounter]

    /// Makes the metrics.
    ///
    /// - Parameter registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        let family = try registry.counter(
            "gatehouse_idempotency_total", help: "Requests with an idempotency key, by what became of them.", labels: ["outcome"])
        self.outcomes = Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0, family.with($0.rawValue)) })
    }

    func record(_ outcome: Outcome) { self.outcomes[outcome]?.increment() }
}
