public import HTTPTypes
import PrometheusMetrics

extension HTTPMetrics {
    /// The instruments of one route, looked up once: for a ``ConnectionFront`` that answers a hundred thousand requests a second.
    public struct Route: Sendable {
        private let successes: PrometheusCounter
        private let refusals: PrometheusCounter
        private let failures: PrometheusCounter
        private let durations: PrometheusHistogram
        private let fineDurations: PrometheusHistogram
        private let requestSizes: PrometheusSummary
        private let responseSizes: PrometheusSummary

        init(_ metrics: HTTPMetrics, handler: String, method: HTTPRequest.Method) {
            let method = HTTPMetrics.label(of: method)
            self.successes = metrics.requests.with(handler, method, "2xx")
            self.refusals = metrics.requests.with(handler, method, "4xx")
            self.failures = metrics.requests.with(handler, method, "5xx")
            self.durations = metrics.durations.with(handler, method)
            self.fineDurations = metrics.fineDurations
            self.requestSizes = metrics.requestSizes.with(handler)
            self.responseSizes = metrics.responseSizes.with(handler)
        }

        /// Records one request, as ``HTTPMetrics/observe(handler:method:status:elapsed:requestBytes:responseBytes:)`` does.
        ///
        /// - Parameters:
        ///   - status: The status code, 200 to 599.
        ///   - elapsed: From the request's head to the response's head.
        ///   - requestBytes: The announced length of the request's body.
        ///   - responseBytes: The length of the response's body.
        public func observe(status: Int, elapsed: Duration, requestBytes: Int, responseBytes: Int) {
            switch status {
            case ..<400: self.successes.increment()
            case ..<500: self.refusals.increment()
            default: self.failures.increment()
            }
            self.durations.observe(elapsed)
            self.fineDurations.observe(elapsed)
            self.requestSizes.observe(Double(requestBytes))
            self.responseSizes.observe(Double(responseBytes))
        }
    }

    /// The instruments of one route.
    ///
    /// - Parameters:
    ///   - handler: The route template.
    ///   - method: The method.
    public func route(_ handler: String, _ method: HTTPRequest.Method) -> Route {
        Route(self, handler: handler, method: method)
    }
}
