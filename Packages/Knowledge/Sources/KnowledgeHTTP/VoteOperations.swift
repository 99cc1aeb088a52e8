public import ContentScreening
import ContentScreeningHTTP
public import HTTPCore
import HTTPTypes
public import Knowledge
import Persistence
import StrictJSON

/// The operation on votes (CONTRACTS §1.1): `POST /api/v1/traces/{id}/votes`.
public struct VoteOperations: Sendable {
    private let store: VoteStore
    private let gate: ContentGate
    private let contributors: any ContributorDirectory

    /// Creates the operation.
    ///
    /// - Parameters:
    ///   - store: What counts votes.
    ///   - gate: What every text passes before it is stored.
    ///   - contributors: Says as which user a caller writes.
    public init(store: VoteStore, gate: ContentGate, contributors: any ContributorDirectory) {
        self.store = store
        self.gate = gate
        self.contributors = contributors
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.vote] }

    private var vote: Operation {
        Operation(
            .post, "/api/v1/traces/{id}/votes",
            id: "voteOnTrace",
            summary: "Say whether a trace helped",
            tag: "traces",
            access: .caller,
            limits: [TraceOperations.writeLimit],
            parameters: [.path("id", .string(format: .uuid))],
            body: .json(
                .object([
                    .required("vote_type", .choice(Vote.Kind.allCases.map(\.rawValue))),
                    .optional(
                        "feedback_tag",
                        .choice(Vote.FeedbackTag.allCases.map(\.rawValue)).nullable.described("Needed for a down vote")),
                    .optional("feedback_text", .string(maximum: 5_000).nullable),
                    .optional("voter_context", .map(maximumSerialised: 10_000).nullable),
                ])),
            answers: [
                .json(.created, "The vote, which is counted", Vote.schema),
                .problem(.forbidden, "The voter shared the trace"),
                .traceNotFound,
                .problem(.conflict, "The voter has voted on the trace before"),
                .contentRejected,
            ],
            acceptsIdempotencyKey: true
        ) { request in
            let screened = try await self.gate.admit(try Self.draft(of: request), logger: request.logger)
            return try await request.asContributor(of: self.contributors) { userID in
                switch try await self.store.cast(screened, on: try request.text("id"), by: userID) {
                case .counted(let vote): return .json(.created, vote.json)
                case .unknownTrace: throw Problem.traceNotFound
                case .ownTrace: throw Problem(.forbidden, "Cannot vote on your own trace")
                case .alreadyVoted: throw Problem(.conflict, "Already voted on this trace")
                }
            }
        }
    }

    private static func draft(of request: OperationRequest) throws(Problem) -> VoteDraft {
        let draft = VoteDraft(
            try request.bodyText("vote_type") == "up" ? .up : .down,
            feedbackTag: request.optionalText("feedback_tag").flatMap { Vote.FeedbackTag(rawValue: $0) },
            feedbackText: request.optionalText("feedback_text"),
            context: request.body["voter_context"].flatMap { $0.isNull ? nil : $0 })
        guard let draft else {
            throw Problem.validation([
                Violation(
                    at: [.name("body"), .name("feedback_tag")], type: "value_error",
                    message: "Value error, feedback_tag is required for a down vote")
            ])
        }
        return draft
    }
}

extension Vote {
    /// The vote with the names of CONTRACTS §1.1.
    fileprivate var json: JSONValue {
        [
            "id": .string(self.id),
            "trace_id": .string(self.traceID),
            "voter_id": .string(self.voterID),
            "vote_type": .string(self.kind.rawValue),
            "feedback_tag": .string(orNull: self.feedbackTag?.rawValue),
            "feedback_text": .string(orNull: self.feedbackText),
            "created_at": .string(self.createdAt.rfc3339),
        ]
    }

    fileprivate static let schema = Schema.object([
        .required("id", .string(format: .uuid)),
        .required("trace_id", .string(format: .uuid)),
        .required("voter_id", .string(format: .uuid)),
        .required("vote_type", .choice(Vote.Kind.allCases.map(\.rawValue))),
        .required("feedback_tag", .choice(Vote.FeedbackTag.allCases.map(\.rawValue)).nullable),
        .required("feedback_text", .string().nullable),
        .required("created_at", .string(format: .dateTime)),
    ])
}
