import HTTPCore
import HTTPTypes
import RateLimit
import StrictJSON

/// The 429 of a denied request (DESIGN §3).
enum LimitProblem {
    /// - Parameters:
    ///   - rule: The rule that denied.
    ///   - verdict: The whole decision.
    ///   - fields: Its header fields.
    static func make(rule: RateLimitRule, verdict: Verdict, fields: LimitFields) -> Problem {
        let violated = verdict.deniers.map { JSONValue.string($0.rule.description) }
        var members: [(name: String, value: JSONValue)] = [("violated-policies", .array(violated))]
        var headers = fields.all
        // A limit of 0 admits nothing, ever; a client still needs a number to wait for.
        let seconds = fields.retryAfter ?? max(1, rule.quota.windowMilliseconds / 1_000)
        headers[.retryAfter] = String(seconds)
        members.append(("retry_after_seconds", .integer(seconds)))
        return Problem(
            .rateLimited,
            "Rate limit exceeded: \(rule.quota)",
            message: "Rate limit exceeded. Try again in \(seconds) second\(seconds == 1 ? "" : "s").",
            headers: headers,
            members: members
        )
    }
}
