/// The decision over all checks of one request: all were admitted, or nothing was consumed.
public struct Verdict: Hashable, Sendable {
    /// What each rule said, in the order of the checks.
    public let rules: RuleVerdicts
    /// Whether the request may pass: no enforced rule refused it.
    public let isAllowed: Bool
    /// The place among ``rules`` of the rule that denies longest, `nil` when the request may pass.
    ///
    /// A cost that can never pass is the longest wait; among equal waits the first counts.
    public let denierIndex: Int?

    /// Sums up what the rules said.
    public init(rules: RuleVerdicts) {
        self.rules = rules
        var denier: Int?
        var longest = Duration.zero
        for index in rules.indices where rules[index].denies {
            let rule = rules[index]
            let wait = rule.outcome == .costExceedsLimit ? Duration.seconds(Int64.max) : rule.retryAfter ?? .zero
            if denier == nil || wait > longest {
                denier = index
                longest = wait
            }
        }
        self.denierIndex = denier
        self.isAllowed = denier == nil
    }

    /// What the rule said that denies longest, `nil` when the request may pass.
    public var denier: RuleVerdict? { self.denierIndex.map { self.rules[$0] } }

    /// All that stood in the way, in the order of the checks.
    public var deniers: [RuleVerdict] { self.rules.filter(\.denies) }

    /// Time until the whole request may pass, if nothing else happens: `nil` when it passed, or can never pass.
    public var retryAfter: Duration? { self.denier?.retryAfter }

    /// Whether a cost is above its limit, so that the request can never pass.
    public var canNeverPass: Bool { self.denier?.outcome == .costExceedsLimit }

    /// The rule that is closest to exhaustion: least remaining in proportion to its limit, the first among equals; shadow rules apart.
    public var tightest: RuleVerdict? {
        self.rules.filter { !$0.isShadow }.min { left, right in
            left.remaining.multipliedFullWidth(by: right.limit) < right.remaining.multipliedFullWidth(by: left.limit)
        }
    }
}
