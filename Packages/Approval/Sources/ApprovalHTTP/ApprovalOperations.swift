public import Approval
public import HTTPCore
import HTTPTypes
public import Identity
import StrictJSON

/// The operations on approvals (CONTRACTS §1.4): list, read, approve, deny and cancel.
///
/// | operation | who |
/// | --- | --- |
/// | `GET /v1/approvals/` | roles that decide |
/// | `GET /v1/approvals/{token}` | roles that decide see everything; the registration that asked sees how far it is |
/// | `POST /v1/approvals/{token}/approve`, `…/deny` | roles that decide |
/// | `POST /v1/approvals/{token}/cancel` | roles that decide, and the registration that asked |
///
/// `{token}` is the handle or the approval token. What belongs to another organisation, or to another caller, is answered as what
/// does not exist.
public struct ApprovalOperations: Sendable {
    /// The limit on reading, charged to the caller.
    public static let readLimit = LimitClass("approvals-read")
    /// The limit on decisions and cancellations, charged to the caller.
    public static let decideLimit = LimitClass("approvals-decide")

    let desk: ApprovalDesk
    private let roles: [Role]

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - desk: Where approvals are decided.
    ///   - roles: Who may list and decide; `admin` by default.
    public init(desk: ApprovalDesk, roles: [Role] = [.admin]) {
        self.desk = desk
        self.roles = roles
    }

    /// The operations for the router.
    public var operations: [Operation] {
        [self.list, self.read, self.decision(.approve), self.decision(.deny), self.cancel].map { operation in
            var operation = operation
            operation.recordsRefusals = true
            return operation
        }
    }

    private var deciders: Access { .role(self.roles.map(\.text)) }

    private func decides(_ caller: Caller) -> Bool {
        self.roles.contains { $0 == caller.role }
    }

    private static let token = Operation.Parameter.path("token", .string(minimum: 1, maximum: 128))

    private static let notFound = Problem(.notFound, ApprovalRefusal.unknown.description)

    // MARK: - Reading

    private var list: Operation {
        Operation(
            .get, "/v1/approvals/",
            id: "listApprovals",
            summary: "Approvals of the caller's organisation, the newest first",
            tag: "approvals",
            access: self.deciders,
            limits: [Self.readLimit],
            parameters: [
                .query("status", .choice(ApprovalStatus.allCases.map(\.rawValue))),
                .query("scope", .choice(ApprovalScope.allCases.map(\.rawValue))),
                .query("caller_id", .string(minimum: 1, maximum: 255)),
                .query("tool_name", .string(minimum: 1, maximum: 255)),
                .query("limit", .integer(1...Int64(ApprovalQuery.maximumLimit)), default: 50),
                .query("cursor", .string(minimum: 1, maximum: 255).described("From `X-Next-Cursor` of the page before")),
            ],
            answers: [
                .json(.ok, "A page; `Link` and `X-Next-Cursor` lead to the next", .array(of: ApprovalRequest.summarySchema))
            ]
        ) { request in
            let query = ApprovalQuery(
                organisation: request.caller.organisation,
                status: request.parameters["status"]?.stringValue.flatMap { ApprovalStatus(rawValue: $0) },
                callerID: request.parameters["caller_id"]?.stringValue, tool: request.parameters["tool_name"]?.stringValue,
                scope: request.parameters["scope"]?.stringValue.flatMap { ApprovalScope(rawValue: $0) },
                limit: request.parameters["limit"]?.intValue ?? 50, cursor: request.parameters["cursor"]?.stringValue)
            let page = try await Self.translating { try await self.desk.requests(query) }
            return .page(
                page.requests.map(\.summary), next: page.next, of: request,
                repeating: ["status", "scope", "caller_id", "tool_name", "limit"])
        }
    }

    private var read: Operation {
        Operation(
            .get, "/v1/approvals/{token}",
            id: "readApproval",
            summary: "How far an approval is; for those who decide, with all that they decide on",
            tag: "approvals",
            access: .caller,
            limits: [Self.readLimit],
            parameters: [Self.token],
            answers: [
                .json(.ok, "The approval", ApprovalRequest.schema),
                .problem(.notFound, "The caller may see no approval of this name"),
            ]
        ) { request in
            guard let reference = ApprovalReference(try request.text("token")) else { throw Self.notFound }
            let organisation = request.caller.organisation
            if self.decides(request.caller) {
                let detail = try await Self.translating { try await self.desk.detail(reference, in: organisation) }
                guard let detail else { throw Self.notFound }
                return .json(.ok, detail.json)
            }
            let found = try await Self.translating { try await self.desk.request(reference, in: organisation) }
            guard let found, found.isOwned(by: ApprovalParty(request.caller)) else { throw Self.notFound }
            return .json(.ok, found.json)
        }
    }

    // MARK: - Deciding

    private func decision(_ verdict: ApprovalVote.Verdict) -> Operation {
        let word = verdict == .approve ? "approve" : "deny"
        return Operation(
            .post, "/v1/approvals/{token}/\(word)",
            id: "\(word)Approval",
            summary: verdict == .approve ? "Say yes" : "Say no, which ends it",
            tag: "approvals",
            access: self.deciders,
            limits: [Self.decideLimit],
            parameters: [
                Self.token,
                .query(
                    "note", .string(maximum: ApprovalDesk.longestNote).described("Why; empty is none"), default: ""),
            ],
            answers: Self.decisionAnswers,
            acceptsIdempotencyKey: true
        ) { request in
            guard let reference = ApprovalReference(try request.text("token")) else { throw Self.notFound }
            let receipt = ApprovalReceipt()
            let outcome = try await Self.translating {
                try await self.desk.decide(
                    reference, verdict, by: request.caller, note: request.parameters["note"]?.stringValue, requestID: request.id,
                    receipt: receipt)
            }
            return try Self.response(to: outcome, receipt)
        }
    }

    private var cancel: Operation {
        Operation(
            .post, "/v1/approvals/{token}/cancel",
            id: "cancelApproval",
            summary: "Withdraw a request that is pending, or approved and not used yet",
            tag: "approvals",
            access: .caller,
            limits: [Self.decideLimit],
            parameters: [Self.token],
            answers: Self.decisionAnswers,
            acceptsIdempotencyKey: true
        ) { request in
            guard let reference = ApprovalReference(try request.text("token")) else { throw Self.notFound }
            let receipt = ApprovalReceipt()
            let outcome = try await Self.translating {
                try await self.desk.cancel(
                    reference, by: request.caller, isAdministrator: self.decides(request.caller), requestID: request.id,
                    receipt: receipt)
            }
            // Whoever may not see a request does not hear that there is one.
            if outcome == .refused(.notOwner) { throw Self.notFound }
            return try Self.response(to: outcome, receipt)
        }
    }

    private static let decisionAnswers: [Operation.Answer] = [
        .json(.ok, "How far it is now", ApprovalRequest.schema),
        .problem(.notFound, "There is no such approval in the caller's organisation"),
        .problem(.conflict, "It is decided, or has expired, or the person has voted before"),
        .problem(.serviceUnavailable, "The attempt cannot be recorded, so it was not made"),
    ]

    private static func response(
        to outcome: DecisionOutcome, _ receipt: ApprovalReceipt
    ) throws(Problem) -> OperationResponse {
        switch outcome {
        case .recorded(let request): return .json(.ok, request.json)
        case .refused(let refusal): throw Problem(refusal, isRecorded: receipt.isRecorded)
        }
    }

    /// Gives errors of the desk their problem; others are the program's to translate.
    private static func translating<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ApprovalError {
            throw Problem(error)
        }
    }
}
