public import HTTPCore
import HTTPTypes
import StrictJSON
public import TokenBudgets

extension Problem {
    /// The answer to whom a budget of tokens refuses.
    ///
    /// ```
    /// 429, Retry-After: 3600
    /// {…,"detail":"Rate limit exceeded: 100000 tokens per 1 day","error":"rate_limited",
    ///  "message":"Rate limit exceeded. Try again in 3600 seconds.","violated-policies":["llm-tokens"],
    ///  "retry_after_seconds":3600,"remaining_tokens":12}
    /// ```
    ///
    /// What is above the whole budget can never pass: 422 with `cost_exceeds_limit` (DESIGN §5). Where the store is away: 503.
    ///
    /// - Parameters:
    ///   - refusal: What the budget said.
    ///   - location: The part of the request that makes it cost so much.
    public static func tokenBudget(_ refusal: TokenRefusal, at location: [Violation.Step] = [.name("body")]) -> Problem {
        let seconds = max(1, refusal.retryAfterSeconds ?? 1)
        switch refusal.reason {
        case .aboveBudget:
            return .validation([
                Violation(
                    at: location, type: "cost_exceeds_limit",
                    message: "more tokens are wanted than the budget of \(refusal.dailyTokens) per day has")
            ])
        case .storeUnavailable:
            return Problem(
                .serviceUnavailable, "The budget of tokens cannot be read now", headers: [.retryAfter: String(seconds)])
        case .exhausted:
            return Problem(
                .rateLimited,
                "Rate limit exceeded: \(refusal.dailyTokens) tokens per 1 day",
                message: "Rate limit exceeded. Try again in \(seconds) second\(seconds == 1 ? "" : "s").",
                headers: [.retryAfter: String(seconds)],
                members: [
                    ("violated-policies", [.string(TokenBudget.ruleName)]), ("retry_after_seconds", .integer(seconds)),
                    ("remaining_tokens", .integer(refusal.remaining)),
                ])
        }
    }
}
