/// A quota with a name, a way of counting, and what to do when counting is not possible.
///
/// Name, algorithm, unit and window together with a ``RateLimitKey`` name one counter; the limit is not part of it, so that an override
/// of the limit goes on with the count so far.
public struct RateLimitRule: Hashable, Sendable {
    /// What a limiter answers for this rule while a shared store gives no answer.
    public enum StoreFailurePolicy: Hashable, Sendable {
        /// Admit without counting.
        case open
        /// Deny.
        case closed
        /// Count in a table of this process, with a share of the limit.
        case local
    }

    /// What an in-process store answers for a new key when its memory holds live counters only.
    public enum FullPolicy: Hashable, Sendable {
        /// Deny the new key; the counters of known keys stay exact.
        case deny
        /// Admit the new key without counting it.
        case allow
    }

    /// The name; appears in verdicts, headers and metrics.
    public let name: RateLimitRuleName
    /// How much is allowed.
    public let quota: Quota
    /// How it is counted.
    public let algorithm: RateLimitAlgorithm
    /// What to do when a shared store fails.
    public let onStoreFailure: StoreFailurePolicy
    /// What to do when the table is full of live counters.
    public let onFull: FullPolicy
    /// Whether the rule is only watched: it counts as if enforced, reports what it would have said, and never denies.
    public let isShadow: Bool

    /// Name, algorithm, unit and window in one word; the two highest bits are those of a record cell.
    let identity: UInt64

    /// Creates a rule.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - quota: How much is allowed.
    ///   - algorithm: How it is counted; the exact sliding log unless told otherwise.
    ///   - onStoreFailure: What to do when a shared store fails; counts locally unless told otherwise.
    ///   - onFull: What to do when the table is full; denies unless told otherwise.
    ///   - isShadow: Whether the rule is only watched.
    public init(
        name: RateLimitRuleName, quota: Quota, algorithm: RateLimitAlgorithm = .slidingLog,
        onStoreFailure: StoreFailurePolicy = .local, onFull: FullPolicy = .deny, isShadow: Bool = false
    ) {
        self.name = name
        self.quota = quota
        self.algorithm = algorithm
        self.onStoreFailure = onStoreFailure
        self.onFull = onFull
        self.isShadow = isShadow
        self.identity = RuleIdentity(name: name, algorithm: algorithm, quota: quota).word
    }

    /// Creates a rule, entering its name first.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidRule` when the name is not allowed.
    public init(
        _ name: String, quota: Quota, algorithm: RateLimitAlgorithm = .slidingLog,
        onStoreFailure: StoreFailurePolicy = .local, onFull: FullPolicy = .deny, isShadow: Bool = false
    ) throws(RateLimitError) {
        self.init(
            name: try RateLimitRuleName(name), quota: quota, algorithm: algorithm, onStoreFailure: onStoreFailure,
            onFull: onFull, isShadow: isShadow
        )
    }

    /// The same rule with another quota, as an override needs; a quota with another window or unit has counters of its own.
    public func withQuota(_ quota: Quota) -> RateLimitRule {
        RateLimitRule(
            name: self.name, quota: quota, algorithm: self.algorithm, onStoreFailure: self.onStoreFailure, onFull: self.onFull,
            isShadow: self.isShadow
        )
    }
}

/// The part of a rule that belongs to the identity of its counters, packed into 62 bits:
/// name 0–15, algorithm 16–17, unit 18–20, window in milliseconds 21–61.
struct RuleIdentity {
    let word: UInt64

    init(word: UInt64) {
        self.word = word
    }

    init(name: RateLimitRuleName, algorithm: RateLimitAlgorithm, quota: Quota) {
        self.word =
            UInt64(name.number) | UInt64(algorithm.rawValue) << 16 | UInt64(quota.unit.rawValue) << 18
            | UInt64(bitPattern: quota.windowMilliseconds) << 21 | CellKind.record.bits
    }

    var name: RateLimitRuleName { RateLimitRuleName(number: UInt16(truncatingIfNeeded: self.word)) }
    var algorithm: RateLimitAlgorithm { RateLimitAlgorithm(rawValue: UInt8(self.word >> 16 & 0b11)) ?? .fixedWindow }
    var unit: Quota.Unit { Quota.Unit(rawValue: UInt8(self.word >> 18 & 0b111)) ?? .millisecond }
    var windowMilliseconds: Int64 { Int64(self.word >> 21 & (1 << 41 - 1)) }
    @inline(__always)
    var windowNanoseconds: Int64 { self.windowMilliseconds &* 1_000_000 }
}
