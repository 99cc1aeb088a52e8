import HTTPTypes
import Hummingbird
import Identity
import Logging
import PrometheusMetrics

/// Stage 3: counts and times every request, and writes one line of access log.
///
/// Labels are the route template and the method, never the raw path; what matched no operation is counted as `none`.
struct ObservationStage: RouterMiddleware {
    typealias Context = GatehouseContext

    private struct Route {
        let template: String
        let isObserved: Bool
    }

    private let metrics: HTTPMetrics
    /// By Hummingbird's name of the path.
    private let routes: [String: Route]

    init(metrics: HTTPMetrics, operations: [Operation]) {
        self.metrics = metrics
        var routes: [String: Route] = [:]
        for operation in operations {
            let routed = operation.routerPath.description
            // What is hidden by one method of a path is hidden for all, a 405 included.
            let isObserved = operation.isObserved && routes[routed]?.isObserved != false
            routes[routed] = Route(template: operation.path, isObserved: isObserved)
        }
        self.routes = routes
    }

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        self.observe(request, status: response.status, responseBytes: response.body.contentLength, since: start, context: context)
        return response
    }

    private func observe(
        _ request: Request,
        status: HTTPResponse.Status,
        responseBytes: Int?,
        since start: ContinuousClock.Instant,
        context: Context
    ) {
        let route = context.endpointPath.flatMap { self.routes[$0] }
        if route?.isObserved == false { return }
        let template = route?.template ?? "none"
        let elapsed = start.duration(to: .now)
        self.metrics.observe(
            handler: template,
            method: request.method,
            status: status,
            elapsed: elapsed,
            requestBytes: request.headers[.contentLength].flatMap { Int($0) } ?? 0,
            responseBytes: responseBytes ?? 0
        )
        context.logger.info(
            "request",
            metadata: [
                "http.method": .string(HTTPMetrics.label(of: request.method)),
                "http.route": .string(template),
                "http.status": .stringConvertible(status.code),
                "http.duration_ms": .stringConvertible(elapsed.milliseconds),
                "client.address": .string(context.client?.address.description ?? "local"),
            ]
        )
    }
}

extension Duration {
    /// Milliseconds with three decimals.
    fileprivate var milliseconds: Double {
        let microseconds = self.components.seconds * 1_000_000 + self.components.attoseconds / 1_000_000_000_000
        return Double(microseconds) / 1_000
    }
}
