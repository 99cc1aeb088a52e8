public import HTTPCore
import HTTPTypes
import Identity
public import LanguageModel
import StrictJSON
public import TokenBudgets

/// The operations by which services tell what they used of language models, and ask what they may use: `/api/v1/llm`.
///
/// ```
/// POST /api/v1/llm/usage    {"model":"small-7b","operation":"summary","prompt_tokens":210,"completion_tokens":34,"status":"success"}
/// 204
///
/// GET /api/v1/llm/budget?tokens=900
/// 200 {"daily_tokens":100000,"used":244,"remaining":99756,"reset_after_seconds":86312}
/// ```
///
/// A report is of what has been used, so it is never refused for a budget: it counts in `llm_requests_total` and `llm_tokens_total`
/// (CONTRACTS §1.3, S2-4 to S2-6) and is charged to the reporter, even beyond the budget. With an `Idempotency-Key` it counts once,
/// however often it is sent. Who asks for more tokens than are left gets 429 with the time to wait.
public struct UsageOperations: Sendable {
    /// The limit on both, charged to the caller.
    public static let limit = LimitClass("llm-usage")

    private static let path = "/api/v1/llm"
    private static let tag = "language models"
    /// A report has a few hundred bytes.
    private static let maximumBodyBytes = 4_096

    private let metrics: LanguageModelMetrics
    private let budget: TokenBudget?
    private let acceptsLabel: @Sendable (String) -> Bool
    private let roster: LabelRoster

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - metrics: Counts what is reported.
    ///   - budget: What reporters may use in a day; nil for as much as they like.
    ///   - acceptsLabel: Whether a label may be shown, beyond what ``LanguageModel/UsageLabel`` demands; for a scan for credentials.
    public init(
        metrics: LanguageModelMetrics, budget: TokenBudget?, acceptsLabel: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.init(metrics: metrics, budget: budget, acceptsLabel: acceptsLabel, roster: LabelRoster())
    }

    init(
        metrics: LanguageModelMetrics, budget: TokenBudget?, acceptsLabel: @escaping @Sendable (String) -> Bool = { _ in true },
        roster: LabelRoster
    ) {
        self.metrics = metrics
        self.budget = budget
        self.acceptsLabel = acceptsLabel
        self.roster = roster
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.report, self.standing] }

    private var report: Operation {
        Operation(
            .post, "\(Self.path)/usage", id: "reportModelUsage", summary: "Tell what was used of a language model", tag: Self.tag,
            access: .caller, limits: [Self.limit], body: .json(UsageReport.schema), maximumBodyBytes: Self.maximumBodyBytes,
            answers: [.other(.noContent, "It is counted")], acceptsIdempotencyKey: true
        ) { request in
            let report = try UsageReport(request, acceptsLabel: self.acceptsLabel)
            let caller = request.caller
            let pair = self.roster.place(
                LabelRoster.Pair(model: report.model, operation: report.operation),
                of: "\(caller.kind.rawValue):\(caller.id.text)")
            await self.budget?.charge(report.tokens, to: BudgetOwner(caller, at: request.clientAddress))
            self.metrics.record(
                model: pair.model, operation: pair.operation, status: report.status, tokens: report.tokens)
            return .empty()
        }
    }

    private var standing: Operation {
        Operation(
            .get, "\(Self.path)/budget", id: "readModelBudget",
            summary: "Ask how many tokens of language models may still be used today", tag: Self.tag, access: .caller,
            limits: [Self.limit],
            parameters: [
                .query(
                    "tokens",
                    .integer(1...UsageReport.maximumTokens).described(
                        "As many are wanted: 429 when fewer are left. Nothing is set aside"))
            ],
            answers: [
                .json(
                    .ok, "What is left; null everywhere where there is no budget",
                    .object([
                        .required("daily_tokens", .integer().nullable), .required("used", .integer().nullable),
                        .required("remaining", .integer().nullable), .required("reset_after_seconds", .integer().nullable),
                    ])),
                .problem(.tooManyRequests, "Fewer tokens are left"),
                .problem(.serviceUnavailable, "Nobody can tell now"),
            ]
        ) { request in
            guard let budget = self.budget else {
                return .json(
                    .ok, ["daily_tokens": .null, "used": .null, "remaining": .null, "reset_after_seconds": .null])
            }
            guard let standing = await budget.standing(of: BudgetOwner(request.caller, at: request.clientAddress)) else {
                throw Problem(.serviceUnavailable, "The budget cannot be read now", headers: [.retryAfter: "1"])
            }
            if let wanted = request.parameters["tokens"]?.int64Value, wanted > Int64(standing.remaining) {
                throw Problem.tokenBudget(
                    TokenRefusal(asking: wanted, standing), at: [.name("query"), .name("tokens")])
            }
            return .json(
                .ok,
                [
                    "daily_tokens": .integer(standing.dailyTokens), "used": .integer(standing.used),
                    "remaining": .integer(standing.remaining), "reset_after_seconds": .integer(standing.resetAfterSeconds),
                ])
        }
    }
}

extension TokenRefusal {
    /// What a reservation of more than is left would say.
    fileprivate init(asking tokens: Int64, _ standing: BudgetStanding) {
        let canPass = tokens <= Int64(standing.dailyTokens)
        self.init(
            reason: canPass ? .exhausted : .aboveBudget, dailyTokens: standing.dailyTokens, remaining: standing.remaining,
            retryAfterSeconds: canPass ? max(1, standing.resetAfterSeconds) : nil)
    }
}
