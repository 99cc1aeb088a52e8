import Synchronization

/// When one request has to be answered, which its operation may change while it runs.
final class RequestDeadline: Sendable {
    private let start = ContinuousClock.now
    private let current: Mutex<Duration>

    init(limit: Duration) {
        self.current = Mutex(limit)
    }

    /// How long the request may take.
    var limit: Duration { self.current.withLock { $0 } }

    /// When it is late.
    var instant: ContinuousClock.Instant { self.start + self.limit }

    /// Sets how long the request may take, counted from its beginning.
    func set(_ limit: Duration) {
        self.current.withLock { $0 = limit }
    }
}
