public import RateLimit

/// What came of a ``LimitQuestion``.
public struct LimitAnswer: Sendable {
    /// Who gave the answer.
    public enum Source: UInt8, Sendable {
        /// The store that is meant to: the shared one, or the table of a node that works alone.
        case store
        /// The table of this node with its share of the limit, because the shared store gave no answer (policy `local`).
        case share
        /// Nobody: the shared store gave no answer, and the policy is `open` or `closed`.
        case policy
    }

    /// What the rule said; its limit is the one that held.
    public var rule: RuleVerdict
    /// The window that held, in milliseconds.
    public var windowMilliseconds: Int64
    /// Whether the client may go on. In a decision over several questions that was refused as a whole this is `false` also where
    /// the rule itself had room.
    public var isAllowed: Bool
    /// Who gave the answer.
    public var source: Source

    /// Creates an answer.
    public init(rule: RuleVerdict, windowMilliseconds: Int64, isAllowed: Bool, source: Source) {
        self.rule = rule
        self.windowMilliseconds = windowMilliseconds
        self.isAllowed = isAllowed
        self.source = source
    }

    /// Whether the shared store gave no answer, so that this one is worth less.
    public var isDegraded: Bool { self.source != .store }

    /// Whether no answer could be given: the store is away and the policy is `closed`.
    public var isUnavailable: Bool { self.source == .policy && !self.isAllowed }

    /// Units that may be taken at once; none for a key that was refused because the table is full.
    public var remaining: Int64 { self.rule.outcome == .refusedUncounted ? 0 : self.rule.remaining }

    /// Whether the cost is above a limit that is not 0, so that waiting does not help.
    public var canNeverPass: Bool { !self.isAllowed && self.rule.outcome == .costExceedsLimit && self.rule.limit > 0 }

    /// Whole seconds until the same question may pass, rounded up; 0 when it passed or can never pass.
    public var retryAfterSeconds: Int64 {
        guard !self.isAllowed, let wait = self.rule.retryAfter else { return 0 }
        return wait.wholeSeconds
    }
}

extension Duration {
    /// The duration in seconds, rounded up; nothing below zero.
    ///
    /// A microsecond above a whole second does not count: a log keeps its times in microseconds, rounded up, and a window of 60 s
    /// is not told as 61.
    package var wholeSeconds: Int64 {
        let (seconds, attoseconds) = self.components
        guard attoseconds > 1_000_000_000_000, seconds < .max else { return max(seconds, 0) }
        return max(seconds + 1, 0)
    }
}
