public import HTTPCore
import HTTPTypes
public import Retrieval
import StrictJSON

/// The operations that answer questions (CONTRACTS §1.3): `POST /api/v1/query`, `…/enhanced` and `…/stream`, each with and without a slash
/// at its end.
public struct QueryOperations: Sendable {
    private let answerer: Answerer
    private let owners: OwnerFinder

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - answerer: Answers questions.
    ///   - owners: Tells whose documents are asked.
    public init(answerer: Answerer, owners: OwnerFinder) {
        self.answerer = answerer
        self.owners = owners
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.query, self.enhanced, self.stream] }

    private static let body = Operation.Body.json(
        .object([
            .required("query", .string(minimum: 1, maximum: 4_000).described("The question in natural language")),
            .optional(
                "max_results",
                .integer(1...Int64(PassageSearch.maximumResults)).described("Passages of the answer at most"), default: 3),
        ]))

    private var query: Operation {
        Operation(
            .post, "/api/v1/query", id: "queryDocuments",
            summary: "Answer a question from the caller's documents", tag: "documents", access: RetrievalAccess.anyone,
            limits: [RetrievalLimits.query], body: Self.body,
            answers: [.json(.ok, "The answer and the passages that it stands on", Answer.schema)]
        ) { request in
            let answer = try await self.answerer.answer(self.question(of: request, .query), for: self.asker(of: request))
            return .json(.ok, answer.json)
        }
    }

    private var enhanced: Operation {
        Operation(
            .post, "/api/v1/query/enhanced", id: "queryDocumentsEnhanced",
            summary: "Answer a question with confidence and highlights", tag: "documents", access: RetrievalAccess.anyone,
            limits: [RetrievalLimits.enhanced], body: Self.body,
            answers: [.json(.ok, "The answer, how far it can be relied on, and its passages", Answer.enhancedSchema)]
        ) { request in
            let answer = try await self.answerer.answer(self.question(of: request, .enhanced), for: self.asker(of: request))
            return .json(.ok, answer.enhancedJSON)
        }
    }

    private var stream: Operation {
        Operation(
            .post, "/api/v1/query/stream", id: "streamQueryDocuments",
            summary: "Answer a question part by part", tag: "documents", access: RetrievalAccess.anyone,
            limits: [RetrievalLimits.query], body: Self.body,
            answers: [
                .other(
                    .ok, "Server-sent events: status, citations, status, token…, and done or error",
                    contentType: "text/event-stream")
            ]
        ) { request in
            let (question, asker) = (self.question(of: request, .stream), try self.asker(of: request))
            var response = OperationResponse.stream(contentType: "text/event-stream") { send in
                try await AnswerEventWriter(answerer: self.answerer, logger: request.logger).write(question, asker, send)
            }
            response.headers[.cacheControl] = "no-store"
            return response
        }
    }

    private func question(of request: OperationRequest, _ operation: AnswerPrompt.Operation) -> AnswerQuestion {
        AnswerQuestion(
            request.body["query"]?.stringValue ?? "", limit: request.body["max_results"]?.intValue ?? 3,
            operation: operation)
    }

    private func asker(of request: OperationRequest) throws -> Answerer.Asker {
        Answerer.Asker(
            owner: try self.owners.owner(of: request), caller: request.caller, address: request.clientAddress)
    }
}
