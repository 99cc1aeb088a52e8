public import NIOCore
public import RateLimit

/// A question in the terms of `CL.THROTTLE` and `THROTTLE`: a bucket with a burst, filled at a rate.
public struct ThrottleRequest: Sendable {
    /// Who or what is counted: a key of one part.
    public var key: RateLimitKey
    /// How many may pass at once when the bucket is full, 1 or more: `max_burst + 1` of `CL.THROTTLE`, `max_burst` of `THROTTLE`.
    public var capacity: Int64
    /// How many flow in per period, 1 or more.
    public var count: Int64
    /// The period in seconds, 1 or more.
    public var periodSeconds: Int64
    /// Units to take, 0 or more; 0 looks without taking.
    public var quantity: Int64

    /// Creates a request.
    public init(key: RateLimitKey, capacity: Int64, count: Int64, periodSeconds: Int64, quantity: Int64) {
        self.key = key
        self.capacity = capacity
        self.count = count
        self.periodSeconds = periodSeconds
        self.quantity = quantity
    }
}

/// Answers questions in the terms of `CL.THROTTLE`; declared for the listener that speaks RESP.
public protocol ThrottleDecider: Sendable {
    /// Decides.
    ///
    /// - Parameters:
    ///   - request: The question.
    ///   - eventLoop: The loop of the caller; a later answer comes there.
    /// - Returns: What came of it.
    /// - Throws: `RateLimitError` with code `invalidQuota` or `invalidCost` when the numbers make no bucket; the message names the rule.
    func throttle(_ request: ThrottleRequest, on eventLoop: any EventLoop) throws(RateLimitError) -> Prompt<LimitAnswer>
}
