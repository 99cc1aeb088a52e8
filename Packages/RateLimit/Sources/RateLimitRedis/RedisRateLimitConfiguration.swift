/// How a ``RedisRateLimitStore`` behaves; every setting has a default that works.
public struct RedisRateLimitConfiguration: Sendable {
    /// The layouts of rules by their name; other rules have ``RedisRateLimitLayout/own``.
    public var layouts: [String: RedisRateLimitLayout]
    /// How long a decision may take, longer than zero; default 50 ms (`RATELIMITER_REDIS_TIMEOUT_MS`).
    public var deadline: Duration
    /// What begins all keys that are not prescribed: 1 to 64 letters, digits and `: . _ -`; default `gatehouse:`. Every node of
    /// a fleet has the same.
    public var keyPrefix: String
    /// How long a lease can be settled, from 1 s to 30 days; default an hour.
    public var leaseLifetime: Duration
    /// When calls stop being made.
    public var breaker: CircuitBreaker.Configuration

    /// Creates a configuration.
    ///
    /// - Parameters:
    ///   - layouts: The layouts of rules by their name.
    ///   - deadline: How long a decision may take.
    ///   - keyPrefix: What begins all keys that are not prescribed.
    ///   - leaseLifetime: How long a lease can be settled.
    ///   - breaker: When calls stop being made.
    public init(
        layouts: [String: RedisRateLimitLayout] = [:], deadline: Duration = .milliseconds(50), keyPrefix: String = "gatehouse:",
        leaseLifetime: Duration = .seconds(3_600), breaker: CircuitBreaker.Configuration = CircuitBreaker.Configuration()
    ) {
        self.layouts = layouts
        self.deadline = deadline
        self.keyPrefix = keyPrefix
        self.leaseLifetime = leaseLifetime
        self.breaker = breaker
    }
}
