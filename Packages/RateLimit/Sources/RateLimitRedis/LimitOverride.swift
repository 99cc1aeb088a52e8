public import RateLimit

/// A limit that was stored for one key and replaces that of a rule.
public struct LimitOverride: Sendable, Hashable {
    /// The parts of a quota that a stored override may replace.
    public struct Parts: OptionSet, Sendable, Hashable {
        /// One bit per part.
        public let rawValue: UInt8

        /// Creates a set from its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The limit.
        public static let limit = Parts(rawValue: 1)
        /// The window.
        public static let window = Parts(rawValue: 2)
        /// Both.
        public static let all: Parts = [.limit, .window]
    }

    /// Units per window, 0 or more; nil when the override does not name it.
    public var limit: Int64?
    /// Milliseconds, 1 or more; nil when the override does not name it.
    public var windowMilliseconds: Int64?

    /// Creates an override.
    public init(limit: Int64?, windowMilliseconds: Int64?) {
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
    }
}

/// A check, and which parts of its quota a stored override replaces.
public struct OverridableCheck: Sendable {
    /// The check, with the quota that holds unless an override says otherwise.
    public var check: RateLimitCheck
    /// What an override may replace; keys of several parts have no overrides.
    public var overridable: LimitOverride.Parts

    /// Creates a check whose quota stands, unless told otherwise.
    public init(_ check: RateLimitCheck, overridable: LimitOverride.Parts = []) {
        self.check = check
        self.overridable = overridable
    }
}

/// What a rule said, and under which quota.
public struct ResolvedVerdict: Sendable, Hashable {
    /// What the rule said.
    public let rule: RuleVerdict
    /// The quota that held, with what an override replaced.
    public let quota: Quota

    /// Creates a verdict; stores do.
    public init(rule: RuleVerdict, quota: Quota) {
        self.rule = rule
        self.quota = quota
    }
}

/// A decision over several checks, and the quotas that held.
public struct ResolvedDecision: Sendable {
    /// The decision.
    public let verdict: Verdict
    /// The quota of each check, with what an override replaced.
    public let quotas: [Quota]

    /// Creates a decision; stores do.
    public init(verdict: Verdict, quotas: [Quota]) {
        self.verdict = verdict
        self.quotas = quotas
    }
}
