import HTTPTypes
import Hummingbird
import Identity
import StrictJSON

/// What the body of a request names as the caller's credential.
enum BodyCredential: Sendable, Equatable {
    /// The body has no such member.
    case absent
    /// The member is no text, or empty.
    case malformed
    case text(String)
}

/// Before stage 6, where an operation takes credentials in its body: reads the body, so that the caller can be found.
struct BodyCredentialStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let operation: Operation
    let member: String

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        let body = try await RequestReader.body(of: request, context: context, for: self.operation)
        var context = context
        context.body = body
        if case .json(let value) = body, let credential = value[self.member] {
            let text = credential.stringValue ?? ""
            context.bodyCredential = text.isEmpty ? .malformed : .text(text)
        }
        if case .json(let value) = body, let member = self.operation.callerMember {
            context.callerHint = value[member]?.stringValue.flatMap { CallerID($0) }
        }
        return try await next(request, context)
    }
}
