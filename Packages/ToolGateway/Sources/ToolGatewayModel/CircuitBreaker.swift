/// Leaves something alone for a while after it failed several times in a row.
///
/// A pure state machine over instants of any clock: the owner asks before each attempt and tells how it ended.
struct CircuitBreaker<Instant: InstantProtocol> where Instant.Duration == Duration {
    private let failureLimit: Int
    private let pause: Duration
    private var failures = 0
    /// Until when nothing is tried; nil while all is well.
    private var closedUntil: Instant?
    /// Attempts that began before the last change count for nothing any more.
    private var generation = 0
    private var isProbing = false

    /// - Parameters:
    ///   - failureLimit: So many failures in a row close it, 1 or more.
    ///   - pause: How long nothing is tried then.
    init(failureLimit: Int, pause: Duration) {
        self.failureLimit = failureLimit
        self.pause = pause
    }

    /// An attempt that may be made.
    struct Permit: Sendable {
        fileprivate let generation: Int
    }

    /// How an attempt ended.
    enum Outcome: Sendable {
        /// It worked.
        case success
        /// It failed.
        case failure
        /// It was given up, which says nothing.
        case cancelled
    }

    /// Whether an attempt may be made now: always while all is well, and after the pause one at a time until one works.
    mutating func permit(at now: Instant) -> Permit? {
        if let until = self.closedUntil {
            guard now >= until, !self.isProbing else { return nil }
            self.isProbing = true
        }
        return Permit(generation: self.generation)
    }

    /// Takes in how an attempt ended.
    mutating func end(_ permit: Permit, _ outcome: Outcome, at now: Instant) {
        guard permit.generation == self.generation else { return }
        switch outcome {
        case .cancelled:
            self.isProbing = false
        case .success:
            self.failures = 0
            if self.closedUntil != nil { self.change(closedUntil: nil) }
        case .failure:
            self.failures = min(self.failures + 1, self.failureLimit)
            if self.failures == self.failureLimit { self.change(closedUntil: now.advanced(by: self.pause)) }
        }
    }

    private mutating func change(closedUntil: Instant?) {
        self.closedUntil = closedUntil
        self.generation &+= 1
        self.isProbing = false
    }
}
