/// What the rules of one decision said, in the order of its checks; up to eight live without a heap allocation.
public struct RuleVerdicts: RandomAccessCollection, Sendable {
    /// How many live without an allocation.
    public static let inlineCount = 8

    private typealias Row = (
        RuleVerdict, RuleVerdict, RuleVerdict, RuleVerdict, RuleVerdict, RuleVerdict, RuleVerdict, RuleVerdict
    )

    private var row: Row
    private var others: [RuleVerdict] = []

    /// How many rules were asked.
    public private(set) var count = 0

    /// Creates an empty collection.
    public init() {
        let empty = RuleVerdict.blank
        self.row = (empty, empty, empty, empty, empty, empty, empty, empty)
    }

    /// Creates a collection from what the rules said, in order.
    public init(_ rules: some Sequence<RuleVerdict>) {
        self.init()
        for rule in rules { self.append(rule) }
    }

    /// Always zero.
    public var startIndex: Int { 0 }
    /// The number of rules.
    public var endIndex: Int { self.count }

    /// What the rule of the check at `position` said.
    public subscript(position: Int) -> RuleVerdict {
        precondition(position >= 0 && position < self.count, "a position within the checks of the decision")
        switch position {
        case 0: return self.row.0
        case 1: return self.row.1
        case 2: return self.row.2
        case 3: return self.row.3
        case 4: return self.row.4
        case 5: return self.row.5
        case 6: return self.row.6
        case 7: return self.row.7
        default: return self.others[position - Self.inlineCount]
        }
    }

    /// Adds what the next rule said.
    public mutating func append(_ rule: RuleVerdict) {
        switch self.count {
        case 0: self.row.0 = rule
        case 1: self.row.1 = rule
        case 2: self.row.2 = rule
        case 3: self.row.3 = rule
        case 4: self.row.4 = rule
        case 5: self.row.5 = rule
        case 6: self.row.6 = rule
        case 7: self.row.7 = rule
        default: self.others.append(rule)
        }
        self.count += 1
    }
}

extension RuleVerdicts: Hashable {
    /// Compares rule by rule.
    public static func == (left: RuleVerdicts, right: RuleVerdicts) -> Bool {
        left.elementsEqual(right)
    }

    /// Feeds what every rule said.
    public func hash(into hasher: inout Hasher) {
        for rule in self { hasher.combine(rule) }
    }
}

extension RuleVerdict {
    fileprivate static var blank: RuleVerdict {
        RuleVerdict(
            rule: RateLimitRuleName(number: 0), outcome: .admitted, isShadow: false, limit: 0, used: 0, remaining: 0,
            resetNanoseconds: 0, replenishNanoseconds: 0, retryNanoseconds: 0
        )
    }
}
