/// What one rule says about one check.
///
/// The numbers hold after the decision: an admitted cost is counted in ``used``, a refused one is not. Every wait counts from
/// the time of the decision; asking again exactly then is in time.
public struct RuleVerdict: Hashable, Sendable {
    /// The answer of a rule.
    public enum Outcome: UInt8, Hashable, Sendable {
        /// There is room for the cost.
        case admitted
        /// There is no room now, but there will be.
        case exhausted
        /// The cost is above the limit and can never pass.
        case costExceedsLimit
        /// The key is new and the table full of live counters; the rule says to deny.
        case refusedUncounted
        /// The cost was admitted without being counted: the table is full or the store away, and the rule says to allow.
        case admittedUncounted
    }

    /// The name of the rule.
    public let rule: RateLimitRuleName
    /// The answer of this rule alone; another rule may still have refused the request.
    public let outcome: Outcome
    /// Whether the rule is only watched, so that its answer did not count.
    public let isShadow: Bool
    /// Units per window.
    public let limit: Int64
    /// Units counted now; may pass the limit after a settlement or when the limit was lowered.
    public let used: Int64
    /// Units that may be taken at once, from 0 to ``limit``.
    public let remaining: Int64

    private let resetNanoseconds: Int64
    private let replenishNanoseconds: Int64
    private let retryNanoseconds: Int64

    /// Creates what a rule says; stores do.
    ///
    /// - Parameters:
    ///   - rule: The name of the rule.
    ///   - outcome: Its answer.
    ///   - isShadow: Whether it is only watched.
    ///   - limit: Units per window.
    ///   - used: Units counted now.
    ///   - remaining: Units that may be taken at once.
    ///   - resetNanoseconds: Until nothing is counted any more.
    ///   - replenishNanoseconds: Until more is remaining than now; 0 when everything is.
    ///   - retryNanoseconds: Until the same cost may pass; below 0 when there is no such time.
    public init(
        rule: RateLimitRuleName, outcome: Outcome, isShadow: Bool, limit: Int64, used: Int64, remaining: Int64,
        resetNanoseconds: Int64, replenishNanoseconds: Int64, retryNanoseconds: Int64
    ) {
        self.rule = rule
        self.outcome = outcome
        self.isShadow = isShadow
        self.limit = limit
        self.used = used
        self.remaining = remaining
        self.resetNanoseconds = resetNanoseconds
        self.replenishNanoseconds = replenishNanoseconds
        self.retryNanoseconds = retryNanoseconds
    }

    /// Whether this rule alone would let the request pass.
    public var isAdmitted: Bool { self.outcome == .admitted || self.outcome == .admittedUncounted }

    /// Whether this rule stood in the way: it refused and is enforced.
    public var denies: Bool { !self.isAdmitted && !self.isShadow }

    /// Whether this rule refused but is only watched.
    public var wouldDeny: Bool { !self.isAdmitted && self.isShadow }

    /// Time until nothing is counted any more, if nothing else happens.
    public var resetAfter: Duration { .nanoseconds(self.resetNanoseconds) }

    /// Time until more than ``remaining`` may be taken, if nothing else happens; zero when the whole limit is free.
    ///
    /// This is `t` of the `RateLimit` field (draft-ietf-httpapi-ratelimit-headers).
    public var replenishAfter: Duration { .nanoseconds(self.replenishNanoseconds) }

    /// Time until the same cost may pass, if nothing else happens: `nil` when it passed, or can never pass.
    public var retryAfter: Duration? {
        self.retryNanoseconds > 0 ? .nanoseconds(self.retryNanoseconds) : nil
    }

    /// ``resetAfter`` in whole seconds, rounded up.
    public var resetAfterSeconds: Int64 { Self.seconds(self.resetNanoseconds) }

    /// ``retryAfter`` in whole seconds, rounded up: 1 or more, or `nil` when the cost passed or can never pass.
    public var retryAfterSeconds: Int64? { self.retryNanoseconds > 0 ? Self.seconds(self.retryNanoseconds) : nil }

    private static func seconds(_ nanoseconds: Int64) -> Int64 {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest > 0 ? seconds &+ 1 : seconds
    }
}
