public import ContentScreening
import ContentScreeningHTTP
public import HTTPCore
import HTTPTypes
public import Knowledge
import Persistence
import StrictJSON

/// The operations on amendments (CONTRACTS §1.1, §8.2 and decisions): `POST` and `GET /api/v1/traces/{id}/amendments`, and
/// `POST …/{amendment_id}/accept`.
public struct AmendmentOperations: Sendable {
    private static let path = "/api/v1/traces/{id}/amendments"

    private let store: AmendmentStore
    private let gate: ContentGate
    private let contributors: any ContributorDirectory

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - store: Where amendments are kept.
    ///   - gate: What every text passes before it is stored.
    ///   - contributors: Says as which user a caller writes.
    public init(store: AmendmentStore, gate: ContentGate, contributors: any ContributorDirectory) {
        self.store = store
        self.gate = gate
        self.contributors = contributors
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.create, self.list, self.accept] }

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
            let draft = AmendmentDraft(
                improvedSolution: try request.bodyText("improved_solution"), explanation: try request.bodyText("explanation"))
            let screened = try await self.gate.admit(draft, logger: request.logger)
            return try await request.asContributor(of: self.contributors) { userID in
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

    private var accept: Operation {
        Operation(
            .post, "\(Self.path)/{amendment_id}/accept",
            id: "acceptAmendment",
            summary: "Make an amendment the one that is shown beside the trace",
            tag: "traces",
            access: .caller,
            limits: [TraceOperations.writeLimit],
            parameters: [.path("id", .string(format: .uuid)), .path("amendment_id", .string(format: .uuid))],
            answers: [
                .json(
                    .ok, "It is the accepted one",
                    .object([
                        .required("trace_id", .string(format: .uuid)), .required("amendment_id", .string(format: .uuid)),
                        .required("accepted", .boolean),
                    ])),
                .problem(.forbidden, "The caller is neither the trace's author nor a moderator"),
                .problem(.notFound, "The trace has no such amendment, or is not there"),
            ],
            acceptsIdempotencyKey: true
        ) { request in
            let (traceID, amendmentID) = (try request.text("id"), try request.text("amendment_id"))
            let outcome = try await request.asContributor(of: self.contributors) { userID in
                try await self.store.accept(
                    amendmentID, of: traceID, by: userID, isModerator: ModerationOperations.isModerator(request.caller))
            }
            switch outcome {
            case .accepted:
                return .json(
                    .ok, ["trace_id": .string(traceID), "amendment_id": .string(amendmentID), "accepted": true])
            case .notAllowed: throw Problem(.forbidden, "Only the author or a moderator may accept an amendment")
            case .unknown: throw Problem(.notFound, "Amendment not found")
            }
        }
    }
}
