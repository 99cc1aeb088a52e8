public import RateLimit

/// May this key go on? (`POST /check`, CONTRACTS §1.5.)
///
/// What the question leaves open is taken from the override stored for the key, else from the defaults of the node.
public struct LimitQuestion: Sendable, Hashable {
    /// Who or what is counted: a key of one part.
    public let key: RateLimitKey
    /// Units per window, 0 or more; 0 blocks. `nil` leaves it to the override or the default.
    public let limit: Int64?
    /// The window in milliseconds, from 1 to `Quota.maximumWindowMilliseconds`; `nil` leaves it to the override or the default.
    public let windowMilliseconds: Int64?
    /// Units to take, 0 or more; 0 looks without taking.
    public let cost: Int64
    /// How the key is counted; each algorithm has counters of its own.
    public let algorithm: RateLimitAlgorithm

    /// Creates a question.
    ///
    /// - Parameters:
    ///   - key: Who or what is counted.
    ///   - limit: Units per window.
    ///   - windowMilliseconds: The window.
    ///   - cost: Units to take, one by default.
    ///   - algorithm: How the key is counted, the exact sliding log by default.
    /// - Throws: `RateLimitError` with code `invalidQuota` or `invalidCost` when a number is out of its range.
    public init(
        key: RateLimitKey, limit: Int64? = nil, windowMilliseconds: Int64? = nil, cost: Int64 = 1,
        algorithm: RateLimitAlgorithm = .slidingLog
    ) throws(RateLimitError) {
        guard (limit ?? 0) >= 0 else {
            throw RateLimitError(.invalidQuota, message: "the limit is below 0; allowed is 0 or more")
        }
        guard (1...Quota.maximumWindowMilliseconds).contains(windowMilliseconds ?? 1) else {
            throw RateLimitError(
                .invalidQuota, message: "the window is out of range; allowed are 1 to \(Quota.maximumWindowMilliseconds) ms")
        }
        guard cost >= 0 else { throw RateLimitError(.invalidCost, message: "the cost is below 0; allowed is 0 or more") }
        self.key = key
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
        self.cost = cost
        self.algorithm = algorithm
    }

    /// A question at the usual price and by the usual algorithm, which leaves limit and window open.
    public init(key: RateLimitKey) {
        self.init(unchecked: key, algorithm: .slidingLog)
    }

    init(unchecked key: RateLimitKey, limit: Int64? = nil, windowMilliseconds: Int64? = nil, algorithm: RateLimitAlgorithm) {
        self.key = key
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
        self.cost = 1
        self.algorithm = algorithm
    }
}
