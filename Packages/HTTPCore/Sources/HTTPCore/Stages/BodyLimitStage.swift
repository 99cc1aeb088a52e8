import HTTPTypes
import Hummingbird

/// Stage 5: refuses a body that announces more bytes than the operation accepts, before anything is read or looked up.
///
/// A body that does not announce its length is counted while it is read.
struct BodyLimitStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let maximumBytes: Int

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        if let announced = request.headers[.contentLength], Int(announced) ?? .max > self.maximumBytes {
            throw Problem.bodyTooLarge(limit: self.maximumBytes)
        }
        return try await next(request, context)
    }
}
