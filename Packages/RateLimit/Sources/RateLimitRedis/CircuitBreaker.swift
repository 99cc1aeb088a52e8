public import RateLimit

/// Keeps calls away from a server that gives no answers, and finds out when it gives them again.
///
/// ```
/// closed ── several failures in a row, or too great a share of them ──▶ open
/// open ── the back-off is over: one probe goes through ──▶ half open
/// half open ── the probe succeeds ──▶ closed        half open ── it fails ──▶ open, for twice as long
/// ```
///
/// A value that is told the time; it holds no clock, lock or timer. Results of calls that began before the last change of state
/// say nothing about the server of now and are left out of account.
public struct CircuitBreaker: Sendable {
    /// When a breaker opens, and for how long.
    public struct Configuration: Sendable, Hashable {
        /// Failures in a row that open it, 1 or more; default 5.
        public var consecutiveFailures = 5
        /// The share of failures among the calls of a ``window`` that opens it, above 0, at most 1; default 0.5.
        public var failureShare = 0.5
        /// The least calls in a ``window`` before their share counts, 1 or more; default 20.
        public var minimumCalls = 20
        /// How long calls are counted together, from the first failure on; default 10 s.
        public var window: Duration = .seconds(10)
        /// How long it first stays open; default 200 ms.
        public var shortestBackoff: Duration = .milliseconds(200)
        /// How long it stays open at most; default 5 s.
        public var longestBackoff: Duration = .seconds(5)

        /// Creates the defaults.
        public init() {}
    }

    /// Whether calls go through.
    public enum State: String, Sendable, Hashable {
        /// Calls go through.
        case closed
        /// No call goes through.
        case open
        /// One call is on its way to find out.
        case halfOpen
    }

    /// The right to make one call; its result is reported with it.
    public struct Permit: Sendable, Hashable {
        let generation: UInt64
    }

    /// Whether calls go through, as of the latest call of a mutating method.
    public private(set) var state = State.closed

    private let configuration: Configuration
    private(set) var generation: UInt64 = 0
    private var failuresInARow = 0
    private var windowStart: RateLimitInstant?
    private var calls = 0
    private var failures = 0
    private var backoff: Duration
    private var nextProbe = RateLimitInstant.start

    /// Creates a closed breaker.
    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        self.backoff = configuration.shortestBackoff
    }

    /// Whether it is closed and nothing has failed of late, so that successes need not be reported.
    public var isQuiet: Bool { self.state == .closed && self.windowStart == nil }

    /// Asks whether a call may be made.
    ///
    /// - Returns: What to report the result with; nil when the call should not be made.
    public mutating func permit(at now: RateLimitInstant) -> Permit? {
        switch self.state {
        case .closed: break
        case .open, .halfOpen:
            // A probe that never reported does not hold up the next one.
            guard now >= self.nextProbe else { return nil }
            self.enter(.halfOpen)
            self.nextProbe = now.advanced(by: self.backoff)
        }
        return Permit(generation: self.generation)
    }

    /// Reports that the server answered.
    public mutating func succeed(_ permit: Permit, at now: RateLimitInstant) {
        guard permit.generation == self.generation else { return }
        switch self.state {
        case .open: break
        case .halfOpen:
            self.enter(.closed)
            self.backoff = self.configuration.shortestBackoff
        case .closed:
            self.failuresInARow = 0
            guard let start = self.windowStart else { return }
            if now >= start.advanced(by: self.configuration.window) {
                self.forget()
            } else {
                self.calls += 1
            }
        }
    }

    /// Reports that the server did not answer, or answered that it cannot serve.
    public mutating func fail(_ permit: Permit, at now: RateLimitInstant) {
        guard permit.generation == self.generation else { return }
        switch self.state {
        case .open: break
        case .halfOpen:
            self.backoff = min(self.backoff * 2, self.configuration.longestBackoff)
            self.open(at: now)
        case .closed:
            if let start = self.windowStart, now >= start.advanced(by: self.configuration.window) { self.forget() }
            if self.windowStart == nil { self.windowStart = now }
            self.calls += 1
            self.failures += 1
            self.failuresInARow += 1
            let isMostlyFailing =
                self.calls >= self.configuration.minimumCalls
                && Double(self.failures) >= Double(self.calls) * self.configuration.failureShare
            if self.failuresInARow >= self.configuration.consecutiveFailures || isMostlyFailing { self.open(at: now) }
        }
    }

    /// Reports that a call ended without saying anything about the server, as when its caller gave up; another probe may go at
    /// once.
    public mutating func abandon(_ permit: Permit, at now: RateLimitInstant) {
        if self.state == .halfOpen, permit.generation == self.generation { self.nextProbe = now }
    }

    private mutating func open(at now: RateLimitInstant) {
        self.enter(.open)
        self.nextProbe = now.advanced(by: self.backoff)
    }

    private mutating func enter(_ state: State) {
        self.state = state
        self.generation &+= 1
        self.forget()
    }

    private mutating func forget() {
        self.failuresInARow = 0
        self.windowStart = nil
        self.calls = 0
        self.failures = 0
    }
}
