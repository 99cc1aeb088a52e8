public import ContentScreening
import ContentScreeningHTTP
public import HTTPCore
import HTTPTypes
public import Knowledge
import StrictJSON

/// The operation by which users report a trace (CONTRACTS §1.1): `POST /api/v1/traces/{id}/flag`.
public struct FlagOperations: Sendable {
    private let store: FlagStore
    private let gate: ContentGate
    private let contributors: any ContributorDirectory

    /// Creates the operation.
    ///
    /// - Parameters:
    ///   - store: Where reports are kept.
    ///   - gate: What every text passes before it is stored.
    ///   - contributors: Says as which user a caller writes.
    public init(store: FlagStore, gate: ContentGate, contributors: any ContributorDirectory) {
        self.store = store
        self.gate = gate
        self.contributors = contributors
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.flag] }

    private var flag: Operation {
        Operation(
            .post, "/api/v1/traces/{id}/flag",
            id: "flagTrace",
            summary: "Report a trace to the moderators",
            tag: "traces",
            access: .caller,
            limits: [TraceOperations.writeLimit],
            parameters: [.path("id", .string(format: .uuid))],
            body: .json(
                .object([
                    .required("reason", .string(minimum: 1, maximum: 1_000)),
                    .required("category", .choice(FlagDraft.Category.allCases.map(\.rawValue))),
                ])),
            answers: [
                .json(
                    .ok, "The trace is flagged",
                    .object([
                        .required("trace_id", .string(format: .uuid)),
                        .required("flagged", .boolean),
                        .required("category", .choice(FlagDraft.Category.allCases.map(\.rawValue))),
                        .optional("message", .string().described("That it was flagged before")),
                    ])),
                .traceNotFound, .contentRejected,
            ],
            acceptsIdempotencyKey: true
        ) { request in
            guard let category = FlagDraft.Category(rawValue: try request.bodyText("category")) else {
                throw Problem(.internalError, "Internal Server Error")
            }
            let draft = FlagDraft(category: category, reason: try request.bodyText("reason"))
            let screened = try await self.gate.admit(draft, logger: request.logger)
            let id = try request.text("id")
            let outcome = try await request.asContributor(of: self.contributors) { userID in
                try await self.store.report(screened, on: id, by: userID)
            }
            if outcome == .unknownTrace { throw Problem.traceNotFound }
            var answer: [(String, JSONValue)] = [
                ("trace_id", .string(id)), ("flagged", true), ("category", .string(category.rawValue)),
            ]
            if outcome == .alreadyFlagged { answer.append(("message", "Trace is already flagged")) }
            return .json(.ok, .object(JSONObject(answer)))
        }
    }
}
