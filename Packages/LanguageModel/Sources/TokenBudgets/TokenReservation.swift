import RateLimit

/// What comes of asking for tokens.
public enum TokenReservation: Sendable {
    /// They may be used, and are charged until the lease is settled.
    case granted(TokenLease)
    /// They may not; nothing was charged.
    case refused(TokenRefusal)

    /// The lease, nil when there is none.
    public var lease: TokenLease? {
        if case .granted(let lease) = self { lease } else { nil }
    }

    /// Why there is none, nil when there is one.
    public var refusal: TokenRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}

/// The right to correct a charged estimate once, when the tokens are known that were really used.
///
/// A lease that is never settled leaves the estimate charged, so whoever dies with one has paid for it. It may be copied and sent to
/// other tasks: all copies settle the same estimate.
public struct TokenLease: Sendable, Hashable {
    /// Where the estimate was charged.
    enum Place: Sendable, Hashable {
        case store(RateLimitLease)
        /// In the table of this process, while the shared store was away.
        case fallback(RateLimitLease)
        /// Nowhere: the budget lets everything pass while the shared store is away.
        case nowhere
    }

    /// The tokens that were charged.
    public let estimate: Int
    let place: Place
}

/// What a settlement did.
public enum TokenSettlement: Sendable, Hashable {
    /// What was really used is charged now.
    case settled
    /// The lease had been settled before; nothing changed.
    case alreadySettled
    /// The estimate stays charged: the store is away or has forgotten the lease.
    case estimateStays
}

/// Why tokens may not be used, and when they may.
public struct TokenRefusal: Sendable, Hashable {
    /// The kind of a refusal.
    public enum Reason: Sendable, Hashable {
        /// Too little is left for now.
        case exhausted
        /// The estimate is above the whole budget, so waiting does not help.
        case aboveBudget
        /// The store that counts is away, and the budget is closed then.
        case storeUnavailable
    }

    /// Why.
    public let reason: Reason
    /// Tokens of a whole day.
    public let dailyTokens: Int
    /// Tokens that are left, 0 or more; they may be used by whoever asks for less.
    public let remaining: Int
    /// How long to wait, rounded up to whole seconds, 1 or more; nil where waiting does not help.
    public let retryAfterSeconds: Int?

    /// A refusal.
    public init(reason: Reason, dailyTokens: Int, remaining: Int, retryAfterSeconds: Int?) {
        self.reason = reason
        self.dailyTokens = dailyTokens
        self.remaining = remaining
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// How much of a budget is used.
public struct BudgetStanding: Sendable, Hashable {
    /// Tokens of a whole day.
    public let dailyTokens: Int
    /// Tokens charged in this window, estimates of running questions included; may pass ``dailyTokens`` after a settlement or a report.
    public let used: Int
    /// Tokens that may still be used.
    public let remaining: Int
    /// Seconds until the whole budget is free again, rounded up; 0 when it is.
    public let resetAfterSeconds: Int
}
