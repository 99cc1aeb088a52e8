import RateLimit

/// Makes the rules of questions; their names are entered once.
struct RuleBook: Sendable {
    /// The rule behind `/check` for each algorithm, with a quota that stands for any.
    private let checks: [RateLimitRule]
    /// The rule behind `CL.THROTTLE` and `THROTTLE`.
    private let throttle: RateLimitRule
    /// The name of the rules behind `/check`.
    let checkName: RateLimitRuleName
    /// The name of the rule behind `CL.THROTTLE` and `THROTTLE`.
    let throttleName: RateLimitRuleName

    /// The text of ``checkName``.
    static let checkText = "check"

    init(onStoreFailure: RateLimitRule.StoreFailurePolicy) throws(RateLimitError) {
        let any = try Quota(limit: 1, per: 1, .millisecond)
        var checks: [RateLimitRule] = []
        for algorithm in RateLimitAlgorithm.allCases {
            checks.append(
                try RateLimitRule(
                    Self.checkText, quota: any, algorithm: algorithm, onStoreFailure: onStoreFailure,
                    sharesWindows: algorithm == .slidingLog))
        }
        self.checks = checks
        self.throttle = try RateLimitRule("throttle", quota: any, algorithm: .tokenBucket, onStoreFailure: onStoreFailure)
        self.checkName = try RateLimitRuleName(Self.checkText)
        self.throttleName = self.throttle.name
    }

    /// The rule of a question whose limit and window are settled.
    ///
    /// - Throws: `RateLimitError` with code `invalidQuota` when they make no quota.
    @inline(__always)
    func check(limit: Int64, windowMilliseconds: Int64, algorithm: RateLimitAlgorithm) throws(RateLimitError) -> RateLimitRule {
        // One unit for all: how a window was written is no part of a key's counter here.
        let quota = try Quota(limit: limit, per: windowMilliseconds, .millisecond)
        return self.checks[Int(algorithm.rawValue)].withQuota(quota)
    }

    /// The check of a question, with what it leaves open filled in from the override, else from the defaults.
    @inline(__always)
    func check(
        _ question: LimitQuestion, override: KeyLimit? = nil, configuration: LimitServiceConfiguration
    ) -> RateLimitCheck {
        do {
            return try RateLimitCheck(
                try self.check(
                    limit: question.limit ?? override?.limit ?? configuration.defaultLimit,
                    windowMilliseconds: question.windowMilliseconds ?? override?.windowMilliseconds
                        ?? configuration.defaultWindowMilliseconds, algorithm: question.algorithm),
                question.key, cost: question.cost)
        } catch {
            // A question, an override and the defaults were checked when they were made.
            preconditionFailure("a question out of range: \(error)")
        }
    }

    /// The check of a bucket.
    ///
    /// - Throws: `RateLimitError` with code `invalidQuota` or `invalidCost` when the numbers make no bucket.
    func check(for request: ThrottleRequest) throws(RateLimitError) -> RateLimitCheck {
        let quota = try Quota.bucket(capacity: request.capacity, refill: request.count, per: request.periodSeconds)
        return try RateLimitCheck(self.throttle.withQuota(quota), request.key, cost: request.quantity)
    }
}
