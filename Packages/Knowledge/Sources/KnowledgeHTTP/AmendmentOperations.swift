public import ContentScreening
import ContentScreeningHTTP
public import HTTPCore
import HTTPTypes
public import Knowledge
import Persistence
import StrictJSON

/// The operations on amendments (CONTRACTS §1.1 and §8.2): `POST` and `GET /api/v1/traces/{id}/amendments`.
public struct AmendmentOperations: Sendable {
    private static let path = "/api/v1/traces/{id}/amendments"

    private let store: AmendmentStore
    private let gate: ContentGate

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - store: Where amendments are kept.
    ///   - gate: What every text passes before it is stored.
    public init(store: AmendmentStore, gate: ContentGate) {
        self.store = store
        self.gate = gate
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.create, self.list] }

    private var create: Operation {
        Operation(
            .post, Self.path,
            id: "createAmendment",
            summary: "Propose a better solution",
            tag: "traces",
            access: .caller,
            limits: [TraceOperations.writeLimit],
            parameters: [.path("id", .string(format: .uuid))],
            body: .json(
                .object([
                    .required("improved_solution", .string(minimum: 1, maximum: 50_000)),
                    .required("explanation", .string(minimum: 1, maximum: 5_000)),
                ])),
            answers: [.json(.created, "The amendment", Amendment.schema), .traceNotFound, .contentRejected],
            acceptsIdempotencyKey: true
        ) { request in
            try await request.asUser { userID in
                let draft = AmendmentDraft(
                    improvedSolution: try request.bodyText("improved_solution"), explanation: try request.bodyText("explanation"))
                let screened = try await self.gate.admit(draft, logger: request.logger)
                guard let amendment = try await self.store.add(screened, to: try request.text("id"), from: userID) else {
                    throw Problem.traceNotFound
                }
                return .json(.created, amendment.json)
            }
        }
    }

    private var list: Operation {
        Operation(
            .get, Self.path,
            id: "listAmendments",
            summary: "Better solutions that were proposed, the newest first",
            tag: "traces",
            access: .caller,
            limits: [TraceOperations.readLimit],
            parameters: [
                .path("id", .string(format: .uuid)),
                .query("limit", .integer(1...Int64(AmendmentStore.maximumLimit)), default: 50),
                .query("cursor", .string(minimum: 1, maximum: 200).described("From `X-Next-Cursor` of the page before")),
            ],
            answers: [
                .json(.ok, "A page; `Link` and `X-Next-Cursor` lead to the next", .array(of: Amendment.schema)), .traceNotFound,
            ]
        ) { request in
            do {
                let page = try await self.store.amendments(
                    of: try request.text("id"), limit: request.parameters["limit"]?.intValue ?? 50,
                    after: request.parameters["cursor"]?.stringValue)
                guard let page else { throw Problem.traceNotFound }
                return .page(page.amendments.map(\.json), next: page.next, of: request, repeating: ["limit"])
            } catch let error as KnowledgeError where error.code == .invalidPage {
                throw Problem.validation([
                    Violation(
                        at: [.name("query"), .name("cursor")], type: "value_error", message: "Value error, \(error.message)")
                ])
            }
        }
    }
}

extension Amendment {
    /// The six columns with the names of CONTRACTS §1.1.
    fileprivate var json: JSONValue {
        [
            "id": .string(self.id),
            "original_trace_id": .string(self.originalTraceID),
            "submitter_id": .string(self.submitterID),
            "improved_solution": .string(self.improvedSolution),
            "explanation": .string(self.explanation),
            "created_at": .string(self.createdAt.rfc3339),
        ]
    }

    fileprivate static let schema = Schema.object([
        .required("id", .string(format: .uuid)),
        .required("original_trace_id", .string(format: .uuid)),
        .required("submitter_id", .string(format: .uuid)),
        .required("improved_solution", .string()),
        .required("explanation", .string()),
        .required("created_at", .string(format: .dateTime)),
    ])
}
