/// A quota with a name, a way of counting, and what to do when counting is not possible.
///
/// Name, algorithm, unit and window together with a ``RateLimitKey`` name one counter; the limit is not part of it, so that an override
/// of the limit goes on with the count so far. Where callers choose the window with each call, the name and the key alone name it: see
/// ``sharesWindows`` and ``Quota/bucket(capacity:refill:per:_:)``.
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

    /// Name, algorithm, unit and window in one word, without a window that is not part of it; the two highest bits are those of a
    /// record cell.
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
        self.init(
            name: name, quota: quota, algorithm: algorithm, onStoreFailure: onStoreFailure, onFull: onFull, isShadow: isShadow,
            sharesLog: false)
    }

    private init(
        name: RateLimitRuleName, quota: Quota, algorithm: RateLimitAlgorithm, onStoreFailure: StoreFailurePolicy,
        onFull: FullPolicy, isShadow: Bool, sharesLog: Bool
    ) {
        self.name = name
        self.quota = quota
        self.algorithm = algorithm
        self.onStoreFailure = onStoreFailure
        self.onFull = onFull
        self.isShadow = isShadow
        self.identity = RuleIdentity(name: name, algorithm: algorithm, quota: quota, sharesLog: sharesLog).word
    }

    /// Creates a rule, entering its name first.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - quota: How much is allowed.
    ///   - algorithm: How it is counted; the exact sliding log unless told otherwise.
    ///   - onStoreFailure: What to do when a shared store fails; counts locally unless told otherwise.
    ///   - onFull: What to do when the table is full; denies unless told otherwise.
    ///   - isShadow: Whether the rule is only watched.
    ///   - sharesWindows: Whether all windows count in one log per key (``sharesWindows``); not, unless told otherwise.
    /// - Throws: ``RateLimitError`` with code `invalidRule` when the name is not allowed, when windows are to be shared under another
    ///   algorithm than the sliding log, or when a quota that tells capacity and refill apart meets another one than the token bucket.
    public init(
        _ name: String, quota: Quota, algorithm: RateLimitAlgorithm = .slidingLog,
        onStoreFailure: StoreFailurePolicy = .local, onFull: FullPolicy = .deny, isShadow: Bool = false,
        sharesWindows: Bool = false
    ) throws(RateLimitError) {
        guard !sharesWindows || algorithm == .slidingLog else {
            throw RateLimitError(.invalidRule, message: "only a sliding log can share windows, not a \(algorithm.name)")
        }
        guard !quota.isBucket || algorithm == .tokenBucket else {
            throw RateLimitError(.invalidRule, message: "a \(algorithm.name) has no refill apart from its limit")
        }
        self.init(
            name: try RateLimitRuleName(name), quota: quota, algorithm: algorithm, onStoreFailure: onStoreFailure,
            onFull: onFull, isShadow: isShadow, sharesLog: sharesWindows
        )
    }

    /// Whether all windows of this rule count in one log per key.
    ///
    /// Callers may then choose the window with each call: a decision counts the hits within the window that it asks for, whatever window
    /// they were counted under. A log forgets only what is as old as the longest window that it has counted under, so a short window
    /// never wipes what a longer one must know; when nothing is counted any more, the next hit's window is the longest again.
    public var sharesWindows: Bool { self.algorithm == .slidingLog && RuleIdentity(word: self.identity).isWindowless }

    /// The same rule with another quota, as an override needs; a quota with another window or unit has counters of its own, unless
    /// windows are shared.
    public func withQuota(_ quota: Quota) -> RateLimitRule {
        RateLimitRule(
            name: self.name, quota: quota, algorithm: self.algorithm, onStoreFailure: self.onStoreFailure, onFull: self.onFull,
            isShadow: self.isShadow, sharesLog: self.sharesWindows
        )
    }

    /// The first word of a record that was last counted under this rule.
    @inline(__always)
    var recordWord: UInt64 { self.identity | RuleIdentity.bits(ofWindow: self.quota.windowMilliseconds) }
}

/// The part of a rule that belongs to the identity of its counters, packed into 62 bits:
/// name 0–15, algorithm 16–17, unit 18–20, window in milliseconds 21–61.
///
/// Where the window is not part of the identity, the unit is 7 and the identity of a rule has no window. The record has one all the same,
/// as state: of a log the longest that it counted under, of a bucket the one that it counted under last.
struct RuleIdentity {
    private static let windowlessBits: UInt64 = 0b111 << 18
    private static let windowMask: UInt64 = (1 << 41 - 1) << 21

    let word: UInt64

    init(word: UInt64) {
        self.word = word
    }

    init(name: RateLimitRuleName, algorithm: RateLimitAlgorithm, quota: Quota, sharesLog: Bool) {
        let isWindowless = algorithm == .slidingLog && sharesLog || algorithm == .tokenBucket && quota.isBucket
        let span =
            isWindowless
            ? Self.windowlessBits : UInt64(quota.unit.rawValue) << 18 | Self.bits(ofWindow: quota.windowMilliseconds)
        self.word = UInt64(name.number) | UInt64(algorithm.rawValue) << 16 | span | CellKind.record.bits
    }

    @inline(__always)
    static func bits(ofWindow milliseconds: Int64) -> UInt64 { UInt64(bitPattern: milliseconds) << 21 }

    /// Whether the window is state instead of identity.
    @inline(__always)
    var isWindowless: Bool { self.word & Self.windowlessBits == Self.windowlessBits }

    /// The bits of a record's first word that name its counter.
    @inline(__always)
    var mask: UInt64 { self.isWindowless ? ~Self.windowMask : ~0 }

    /// The identity of the rules that this record counts for.
    var ruleWord: UInt64 { self.word & self.mask }

    /// The same with another window.
    func withWindow(_ milliseconds: Int64) -> RuleIdentity {
        RuleIdentity(word: self.word & ~Self.windowMask | Self.bits(ofWindow: milliseconds))
    }

    var name: RateLimitRuleName { RateLimitRuleName(number: UInt16(truncatingIfNeeded: self.word)) }
    var algorithm: RateLimitAlgorithm { RateLimitAlgorithm(rawValue: UInt8(self.word >> 16 & 0b11)) ?? .fixedWindow }
    var unit: Quota.Unit { Quota.Unit(rawValue: UInt8(self.word >> 18 & 0b111)) ?? .millisecond }
    var windowMilliseconds: Int64 { Int64(self.word >> 21 & (1 << 41 - 1)) }
    @inline(__always)
    var windowNanoseconds: Int64 { self.windowMilliseconds &* 1_000_000 }
}
