import HTTPTypes
import Hummingbird
import Identity

/// An error behind the limits of an operation, with the header fields that its answer has to carry.
struct LimitedError: Error {
    let cause: any Error
    let fields: HTTPFields
}

/// Who ran into which limits, for the log.
struct ExceededLimit: Error {
    let classes: [LimitClass]
    let caller: Caller
}

/// Stage 7: charges all limits of the operation in one decision; 429, or header fields on whatever is answered.
///
/// An answer that comes from a later stage, such as 422, has consumed and carries the fields as well.
struct LimitStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let classes: [LimitClass]
    let limits: any LimitEnforcer

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        if self.classes.isEmpty { return try await next(request, context) }
        switch await self.limits.charge(self.classes, caller: context.caller, address: context.clientAddress) {
        case .denied(var problem):
            problem.cause = problem.cause ?? ExceededLimit(classes: self.classes, caller: context.caller)
            throw problem
        case .admitted(let fields):
            do {
                var response = try await next(request, context)
                response.headers.append(contentsOf: fields)
                return response
            } catch {
                throw LimitedError(cause: error, fields: fields)
            }
        }
    }
}
