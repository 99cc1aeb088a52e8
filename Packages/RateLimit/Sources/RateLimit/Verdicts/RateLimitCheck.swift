/// One rule asked about one key, at a price.
public struct RateLimitCheck: Hashable, Sendable {
    /// The rule.
    public let rule: RateLimitRule
    /// Who or what is counted.
    public let key: RateLimitKey
    /// How many units the request takes, 0 or more; 0 looks without taking.
    public let cost: Int64

    /// Creates a check at the usual price of 1.
    public init(_ rule: RateLimitRule, _ key: RateLimitKey) {
        self.rule = rule
        self.key = key
        self.cost = 1
    }

    /// Creates a check.
    ///
    /// - Parameters:
    ///   - rule: The rule.
    ///   - key: Who or what is counted.
    ///   - cost: Units to take, 0 or more; more than the limit can never pass, and the verdict says so.
    /// - Throws: ``RateLimitError`` with code `invalidCost` when the cost is negative.
    public init(_ rule: RateLimitRule, _ key: RateLimitKey, cost: Int64) throws(RateLimitError) {
        guard cost >= 0 else {
            throw RateLimitError(.invalidCost, message: "the cost \(cost) is below 0; allowed is 0 or more")
        }
        self.rule = rule
        self.key = key
        self.cost = cost
    }

    var counterHash: UInt64 {
        @inline(__always) get { KeyedHash.mixed(self.key.hash, identity: self.rule.identity) }
    }

    func countsTogether(with other: RateLimitCheck) -> Bool {
        self.rule.identity == other.rule.identity && self.key == other.key
    }
}
