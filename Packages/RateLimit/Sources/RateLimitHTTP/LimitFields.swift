public import HTTPTypes
public import RateLimit

/// The header fields that tell a client where it stands.
///
/// ```
/// RateLimit-Policy: "read";q=60;w=60
/// RateLimit: "read";r=59;t=1
/// X-RateLimit-Limit: 60
/// X-RateLimit-Remaining: 59
/// X-RateLimit-Reset: 1
/// ```
///
/// The first two are those of draft-ietf-httpapi-ratelimit-headers (draft 10 and 11): `q` per `w` seconds, `r` left, and
/// more of it in `t` seconds; a window that is no whole number of seconds leaves `w` out. The others are what clients
/// had before; `Reset` is in seconds from now. Rules in shadow are not told.
public struct LimitFields: Sendable {
    private let verdict: Verdict
    private let rules: [RateLimitRule]

    /// Creates the fields of one decision.
    ///
    /// - Parameters:
    ///   - verdict: The decision.
    ///   - rules: The rules of its checks, in their order.
    public init(verdict: Verdict, rules: [RateLimitRule]) {
        self.verdict = verdict
        self.rules = rules
    }

    /// All fields but `Retry-After`; empty when only rules in shadow apply.
    public var all: HTTPFields {
        guard let tightest = self.verdict.denier ?? self.verdict.tightest else { return [:] }
        let told = self.rules.filter { !$0.isShadow }
        let reset = Self.wholeSeconds(tightest.resetAfter)
        return [
            .rateLimitPolicy: told.map(Self.policy).joined(separator: ", "),
            .rateLimit: "\"\(tightest.rule)\";r=\(tightest.remaining);t=\(self.untilMore(of: tightest))",
            .legacyLimit: String(tightest.limit),
            .legacyRemaining: String(tightest.remaining),
            .legacyReset: String(reset),
        ]
    }

    /// Whole seconds until the request may pass, at least 1; `nil` when it may pass now or never.
    public var retryAfter: Int64? {
        self.verdict.retryAfter.map { max(1, Self.wholeSeconds($0)) }
    }

    private func untilMore(of rule: RuleVerdict) -> Int64 {
        self.retryAfter ?? Self.wholeSeconds(rule.replenishAfter)
    }

    private static func policy(_ rule: RateLimitRule) -> String {
        let milliseconds = rule.quota.windowMilliseconds
        let window = milliseconds % 1_000 == 0 ? ";w=\(milliseconds / 1_000)" : ""
        return "\"\(rule.name)\";q=\(rule.quota.limit)\(window)"
    }

    private static let roundingAttoseconds: Int64 = 1_000_000_000_000

    /// The duration in seconds, rounded up.
    ///
    /// A microsecond over a second is none: stores round their stamps up by as much, and a whole window would get a second too many.
    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        guard attoseconds > Self.roundingAttoseconds || seconds == 0 && attoseconds > 0, seconds < .max else { return seconds }
        return seconds + 1
    }
}

extension HTTPField.Name {
    private static func known(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is a valid field name") }
        return field
    }

    /// `RateLimit-Policy`, a list of quotas.
    public static let rateLimitPolicy = known("RateLimit-Policy")
    /// `RateLimit`, what is left of the tightest one.
    public static let rateLimit = known("RateLimit")
    /// `X-RateLimit-Limit`, the tightest limit.
    public static let legacyLimit = known("X-RateLimit-Limit")
    /// `X-RateLimit-Remaining`, what is left of it.
    public static let legacyRemaining = known("X-RateLimit-Remaining")
    /// `X-RateLimit-Reset`, seconds until it is whole again.
    public static let legacyReset = known("X-RateLimit-Reset")
}
