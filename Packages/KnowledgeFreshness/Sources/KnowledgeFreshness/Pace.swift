import Persistence

/// Spreads work evenly over a minute: what has not been used up to a bound may be made up for.
struct Pace {
    private let interval: Duration
    private let burst: Int
    /// When the next piece of work would be on time.
    private var nextAt: Timestamp

    /// - Parameters:
    ///   - perMinute: Pieces in a minute, 1 or more.
    ///   - burst: How many may come at once, 1 or more.
    init(perMinute: Int, burst: Int, at now: Timestamp) {
        self.interval = .seconds(60) / perMinute
        self.burst = burst
        self.nextAt = now.advanced(by: .zero - self.interval * (burst - 1))
    }

    /// How many pieces may be done now.
    mutating func allowance(at now: Timestamp) -> Int {
        // A clock that was set back must not stop the work for as long.
        self.nextAt = min(self.nextAt, now.advanced(by: self.interval))
        self.nextAt = max(self.nextAt, now.advanced(by: .zero - self.interval * (self.burst - 1)))
        guard self.nextAt <= now else { return 0 }
        return min(self.burst, 1 + Int(self.nextAt.duration(to: now) / self.interval))
    }

    mutating func use(_ count: Int) {
        self.nextAt = self.nextAt.advanced(by: self.interval * count)
    }

    /// How long until one more piece may be done.
    func pause(at now: Timestamp) -> Duration {
        max(.milliseconds(1), now.duration(to: self.nextAt))
    }
}
