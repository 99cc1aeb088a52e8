import HTTPTypes
import Hummingbird

/// Which pages of other origins may read responses (Fetch standard, CORS protocol).
///
/// Preflight requests of listed origins are answered here; other origins get no permission and the browser refuses.
struct CORSStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let origins: [String]
    let allowedHeaders: String
    let allowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
    let exposedHeaders =
        "X-Request-ID, Retry-After, RateLimit, RateLimit-Policy, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
        + "Link, X-Next-Cursor, Idempotency-Replayed"

    init(origins: [String], credentialHeaders: [HTTPField.Name]) {
        self.origins = origins
        let usual = ["Authorization", "Content-Type", "Idempotency-Key", "X-Request-ID", "traceparent"]
        self.allowedHeaders = (usual + credentialHeaders.map(\.canonicalName)).joined(separator: ", ")
    }

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        guard let origin = request.headers[.origin] else {
            var response = try await next(request, context)
            // A cache must not give this answer to a page that asks with its origin.
            response.headers[values: .vary].append("Origin")
            return response
        }
        let isAllowed = self.origins.contains { $0 == "*" || $0.utf8.elementsEqual(origin.utf8) }
        if isAllowed, request.method == .options, request.headers.contains(.accessControlRequestMethod) {
            return Response(
                status: .noContent,
                headers: [
                    .accessControlAllowOrigin: origin,
                    .accessControlAllowMethods: self.allowedMethods,
                    .accessControlAllowHeaders: self.allowedHeaders,
                    .accessControlMaxAge: "600",
                    .vary: "Origin",
                ]
            )
        }
        var response = try await next(request, context)
        response.headers[values: .vary].append("Origin")
        if isAllowed {
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlExposeHeaders] = self.exposedHeaders
        }
        return response
    }
}
