public import HTTPTypes
public import PrometheusMetrics

/// The HTTP metrics that existing dashboards read (CONTRACTS §1.5).
///
/// ```
/// http_requests_total{handler="/api/v1/traces/{id}",method="GET",status="2xx"} 3
/// ```
public struct HTTPMetrics: Sendable {
    /// One answered request, for metrics under further names.
    public struct Observation: Sendable {
        /// The route template, `none` for a request that matched no operation.
        public let handler: String
        /// The method as a label; unusual ones are `other`.
        public let method: String
        /// The status code.
        public let status: Int
        /// From the request's head to the response's head.
        public let elapsed: Duration
    }

    let requests: PrometheusFamily<PrometheusCounter>
    let durations: PrometheusFamily<PrometheusHistogram>
    let fineDurations: PrometheusHistogram
    let requestSizes: PrometheusFamily<PrometheusSummary>
    let responseSizes: PrometheusFamily<PrometheusSummary>
    private let observer: (@Sendable (Observation) -> Void)?

    /// Bounds of `http_request_duration_seconds`.
    private static let bounds = [0.1, 0.5, 1]
    /// Bounds of `http_request_duration_highr_seconds`.
    private static let fineBounds = [
        0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60,
    ]

    /// Makes the metrics.
    ///
    /// - Parameters:
    ///   - registry: Where they are shown.
    ///   - observer: Hears of each request as well, on the request's own task; nil for nobody. Requests that a ``Route`` records
    ///     are not told.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(
        registry: PrometheusRegistry, observer: (@Sendable (Observation) -> Void)? = nil
    ) throws(PrometheusError) {
        self.observer = observer
        self.requests = try registry.counter(
            "http_requests_total",
            help: "Total number of requests by method, status and handler.",
            labels: ["handler", "method", "status"]
        )
        self.durations = try registry.histogram(
            "http_request_duration_seconds",
            help: "Latency with only few buckets by handler.",
            labels: ["handler", "method"],
            buckets: Self.bounds
        )
        self.fineDurations = try registry.histogram(
            "http_request_duration_highr_seconds",
            help: "Latency with many buckets but no labels.",
            buckets: Self.fineBounds
        )
        self.requestSizes = try registry.summary(
            "http_request_size_bytes", help: "Content length of incoming requests by handler.", labels: ["handler"])
        self.responseSizes = try registry.summary(
            "http_response_size_bytes", help: "Content length of outgoing responses by handler.", labels: ["handler"])
    }

    /// Records one request.
    ///
    /// - Parameters:
    ///   - handler: The route template, `none` for a request that matched no operation.
    ///   - method: The method; unusual ones are counted together.
    ///   - status: The status; shown by its class, such as `2xx`.
    ///   - elapsed: From the request's head to the response's head.
    ///   - requestBytes: The announced length of the request's body.
    ///   - responseBytes: The length of the response's body.
    public func observe(
        handler: String,
        method: HTTPRequest.Method,
        status: HTTPResponse.Status,
        elapsed: Duration,
        requestBytes: Int,
        responseBytes: Int
    ) {
        let method = Self.label(of: method)
        self.requests.with(handler, method, Self.label(of: status)).increment()
        self.durations.with(handler, method).observe(elapsed)
        self.fineDurations.observe(elapsed)
        self.requestSizes.with(handler).observe(Double(requestBytes))
        self.responseSizes.with(handler).observe(Double(responseBytes))
        self.observer?(Observation(handler: handler, method: method, status: status.code, elapsed: elapsed))
    }

    /// The method, or `other`: a client may write anything there.
    static func label(of method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .patch, .delete, .options: method.rawValue
        default: "other"
        }
    }

    private static func label(of status: HTTPResponse.Status) -> String {
        switch status.code {
        case 100..<200: "1xx"
        case 200..<300: "2xx"
        case 300..<400: "3xx"
        case 400..<500: "4xx"
        default: "5xx"
        }
    }
}
