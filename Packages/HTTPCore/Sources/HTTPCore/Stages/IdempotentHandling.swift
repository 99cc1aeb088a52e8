import HTTPTypes

/// Behind stage 8, where an operation takes keys: lets the handler run once per key, and gives its answer to whoever repeats it.
///
/// A request without a key passes as if this were not there.
struct IdempotentHandling: Sendable {
    let keeper: any IdempotencyKeeper
    let deadline: Duration
    let translate: @Sendable (any Error) -> Problem?

    func answer(_ request: OperationRequest, of operation: Operation) async throws -> OperationResponse {
        guard let key = try IdempotencyKey(in: request.headers) else { return try await operation.handler(request) }
        let claim = try await self.keeper.claim(
            IdempotentRequest(
                key: key, caller: request.caller, method: operation.method, path: operation.path,
                parameters: request.parameters, body: request.body, deadline: self.deadline))
        switch claim {
        case .replay(var answer):
            answer.headers[.idempotencyReplayed] = "true"
            return answer
        case .run(let ticket):
            do {
                let answer = try await operation.handler(request)
                await self.keeper.settle(ticket, Self.isFinal(answer.status) ? .answered(answer) : .refused)
                return answer
            } catch {
                await self.keeper.settle(ticket, self.ending(of: error, requestID: request.id))
                throw error
            }
        }
    }

    /// A refusal that the handler throws is an answer as well, kept as the client gets it.
    private func ending(of error: any Error, requestID: String) -> IdempotencyEnding {
        guard !(error is CancellationError), let problem = error as? Problem ?? self.translate(error),
            Self.isFinal(problem.status)
        else { return .failed(error) }
        return .answered(problem.answer(requestID: requestID))
    }

    private static func isFinal(_ status: HTTPResponse.Status) -> Bool {
        (200..<500).contains(status.code) && status != .tooManyRequests
    }
}

extension Problem {
    /// The problem as an answer of a handler, with the bytes and fields that ``ProblemStage`` gives it.
    func answer(requestID: String) -> OperationResponse {
        var answer = OperationResponse(self.status, contentType: Self.mediaType, body: self.bodyBytes(requestID: requestID))
        answer.headers = self.headers
        answer.headers[.contentType] = Self.mediaType
        if self.code == .unauthorized { answer.headers[.wwwAuthenticate] = "Bearer" }
        return answer
    }
}
