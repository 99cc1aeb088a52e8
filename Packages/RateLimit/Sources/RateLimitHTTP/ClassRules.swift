public import HTTPCore
public import RateLimit

/// The rules of every limit class, by the class's name.
public struct ClassRules: Sendable {
    private var rules: [String: [RateLimitRule]] = [:]

    /// No class has a rule, so nothing is limited.
    public init() {}

    /// Gives a class its rules, one for each quota.
    ///
    /// - Parameters:
    ///   - limitClass: The class, as operations name it.
    ///   - quotas: All of them admit or nothing is charged.
    ///   - algorithm: How the quotas are counted.
    ///   - isShadow: Whether the rules are counted but never deny.
    /// - Throws: ``RateLimit/RateLimitError`` with code `invalidRule` when the name cannot name a rule.
    public mutating func set(
        _ limitClass: LimitClass,
        quotas: [Quota],
        algorithm: RateLimitAlgorithm,
        isShadow: Bool = false
    ) throws(RateLimitError) {
        var made: [RateLimitRule] = []
        for (position, quota) in quotas.enumerated() {
            // Policies in header fields go by their names, which therefore differ.
            let name = position == 0 ? limitClass.name : "\(limitClass.name)-\(position + 1)"
            made.append(try RateLimitRule(name, quota: quota, algorithm: algorithm, isShadow: isShadow))
        }
        self.rules[limitClass.name] = made
    }

    /// The rules of a class; empty when it has none.
    public subscript(limitClass: LimitClass) -> [RateLimitRule] {
        self.rules[limitClass.name] ?? []
    }
}
