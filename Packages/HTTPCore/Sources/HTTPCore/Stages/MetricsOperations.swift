import HTTPTypes
public import PrometheusMetrics

/// The operation that Prometheus scrapes: `GET /metrics`, not in the API description and not counted itself.
public enum MetricsOperations {
    /// The operations for the router.
    ///
    /// - Parameter registry: What to show.
    public static func operations(showing registry: PrometheusRegistry) -> [Operation] {
        [
            Operation(
                .get, "/metrics", id: "metrics", summary: "Metrics for Prometheus", tag: "meta", access: .anyone,
                isDescribed: false, isObserved: false
            ) { _ in OperationResponse(contentType: PrometheusRegistry.contentType, body: registry.render()) }
        ]
    }
}
