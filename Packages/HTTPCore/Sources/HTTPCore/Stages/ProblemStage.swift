import HTTPTypes
import Hummingbird
import Identity
import Logging
import NIOCore
import NIOHTTP1
import StrictJSON

/// Stage 4: every error leaves in one shape.
///
/// Errors that are no ``Problem`` are translated: those of the features by the app's translator, those of the server
/// library by their status, a cancelled request by its deadline. What remains is a fault of ours: it is logged with
/// its cause, and the client gets a bare 500 that tells nothing.
struct ProblemStage: RouterMiddleware {
    typealias Context = GatehouseContext

    let translate: @Sendable (any Error) -> Problem?
    let methods: MethodIndex
    let deadline: Duration

    @concurrent func handle(_ request: Request, context: Context, next: NextStage) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let limited = error as? LimitedError
            var problem = await self.problem(from: limited?.cause ?? error, request: request, context: context)
            // No 401 tells how much is left, whoever says it.
            if let limited, problem.code != .unauthorized { problem.headers.append(contentsOf: limited.fields) }
            Self.log(problem, context: context)
            if problem.code == .unauthorized { problem.headers[.wwwAuthenticate] = "Bearer" }
            let response = problem.response(requestID: context.requestID)
            // A body behind the answer to HEAD would be read as the next answer.
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    /// Writes what an operator wants to hear of: faults with their cause, and limits that somebody ran into.
    private static func log(_ problem: Problem, context: Context) {
        if problem.status.code >= 500 {
            let cause = problem.cause.map { String(reflecting: $0) } ?? problem.detail
            context.logger.error("request failed", metadata: ["error.cause": .string(cause)])
        } else if problem.code == .rateLimited {
            let client = context.clientAddress?.description ?? "local"
            var metadata: Logger.Metadata = ["limit": .string(problem.detail), "client.address": .string(client)]
            if let exceeded = problem.cause as? ExceededLimit {
                metadata["limit.class"] = .string(exceeded.classes.map(\.name).joined(separator: ","))
                if !exceeded.caller.isAnonymous {
                    metadata["caller"] = .string("\(exceeded.caller.kind.rawValue):\(exceeded.caller.id.text)")
                }
            }
            context.logger.notice("limit exceeded", metadata: metadata)
        }
    }

    private func problem(from error: any Error, request: Request, context: Context) async -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case is SlowBody:
            return .slowBody
        case is CancellationError:
            return .deadlineExceeded(context.deadline?.limit ?? self.deadline)
        case let error as HTTPParserError:
            return .malformedRequest(error)
        case let error as any HTTPResponseError:
            if error.status == .notFound, context.endpointPath == Self.unmatched {
                return await self.methods.problem(for: request, context: context)
            }
            return Problem(ProblemCode(status: error.status), error.status.reasonPhrase, status: error.status, cause: error)
        default:
            if let problem = self.translate(error) { return problem }
            // A store may report an interrupted statement in its own words.
            if Task.isCancelled { return .deadlineExceeded(context.deadline?.limit ?? self.deadline) }
            return Problem(.internalError, "Internal Server Error", cause: error)
        }
    }

    /// What the router calls a request that matched nothing.
    static let unmatched = "NotFound"
}

extension Problem {
    /// The answer to a client that stopped sending in the middle of a body.
    static var slowBody: Problem {
        var problem = Problem(.badRequest, "The request body did not arrive in time", status: .requestTimeout)
        problem.closesConnection = true
        return problem
    }

    /// The answer to a request that took too long.
    static func deadlineExceeded(_ deadline: Duration) -> Problem {
        var problem = Problem(
            .serviceUnavailable, "The request took longer than \(deadline)", headers: [.retryAfter: "1"])
        // A body that was being read when the task was cancelled cannot be read on.
        problem.closesConnection = true
        return problem
    }

    func response(requestID: String) -> Response {
        var headers = self.headers
        headers[.contentType] = Self.mediaType
        if self.closesConnection { headers[.connection] = "close" }
        let body = self.bodyBytes(requestID: requestID)
        return Response(status: self.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
