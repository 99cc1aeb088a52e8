import RateLimit

/// A slow, independent account of one counter: it keeps every grant and adds up anew each time, in 128-bit integers.
struct CounterOracle {
    private struct Grant {
        var time: Int128
        var units: Int128
    }

    private let algorithm: RateLimitAlgorithm
    private let limit: Int128
    private let window: Int128
    private let refill: Int128
    private var grants: [Grant] = []
    /// Start of the first window since the counter was last untouched.
    private var origin: Int128?
    /// Tokens times the window, and when they were counted.
    private var level: Int128
    private var counted: Int128?

    init(_ algorithm: RateLimitAlgorithm, quota: Quota) {
        self.algorithm = algorithm
        self.limit = Int128(quota.limit)
        self.window = Int128(quota.windowMilliseconds) * 1_000_000
        self.refill = Int128(quota.refill)
        self.level = self.limit * self.window
    }

    func fits(_ cost: Int64, at now: Int64) -> Bool {
        let cost = Int128(cost)
        let time = Int128(now)
        switch self.algorithm {
        case .fixedWindow, .slidingLog: return self.used(at: now) + cost <= self.limit
        case .slidingCounter:
            let (previous, current, elapsed) = self.windows(at: time)
            return previous * (self.window - elapsed) + (current + cost) * self.window <= self.limit * self.window
        case .tokenBucket: return self.level(at: time) >= cost * self.window
        }
    }

    mutating func take(_ cost: Int64, at now: Int64) {
        let time = Int128(now)
        switch self.algorithm {
        case .fixedWindow:
            if let origin = self.origin, time >= origin + self.window { self.forget() }
        case .slidingLog:
            let window = self.window
            self.grants.removeAll { Self.stamp($0.time) + window <= time }
        case .slidingCounter:
            let (previous, current, _) = self.windows(at: time)
            if previous == 0, current == 0 { self.forget() }
        case .tokenBucket:
            self.level = self.level(at: time) - Int128(cost) * self.window
            self.counted = time
            return
        }
        if self.origin == nil { self.origin = time }
        self.grants.append(Grant(time: time, units: Int128(cost)))
    }

    /// Units counted, rounded up to whole ones.
    func used(at now: Int64) -> Int128 {
        let time = Int128(now)
        switch self.algorithm {
        case .fixedWindow:
            guard let origin = self.origin, time < origin + self.window else { return 0 }
            return self.grants.reduce(0) { $0 + $1.units }
        case .slidingLog:
            return self.grants.reduce(0) { $0 + (Self.stamp($1.time) + self.window > time ? $1.units : 0) }
        case .slidingCounter:
            let (previous, current, elapsed) = self.windows(at: time)
            return current + (previous * (self.window - elapsed) + self.window - 1) / self.window
        case .tokenBucket:
            return self.limit - self.level(at: time) / self.window
        }
    }

    private mutating func forget() {
        self.grants = []
        self.origin = nil
    }

    /// The log keeps whole microseconds, rounded up.
    private static func stamp(_ time: Int128) -> Int128 {
        let whole = time / 1_000 * 1_000
        return time > whole ? whole + 1_000 : whole
    }

    private func windows(at time: Int128) -> (previous: Int128, current: Int128, elapsed: Int128) {
        guard let origin = self.origin else { return (0, 0, 0) }
        let number = (time - origin) / self.window
        var previous: Int128 = 0
        var current: Int128 = 0
        for grant in self.grants {
            let grantNumber = (grant.time - origin) / self.window
            if grantNumber == number { current += grant.units }
            if grantNumber == number - 1 { previous += grant.units }
        }
        return (previous, current, (time - origin) % self.window)
    }

    private func level(at time: Int128) -> Int128 {
        guard let counted = self.counted else { return self.limit * self.window }
        return min(self.level + max(time - counted, 0) * self.refill, self.limit * self.window)
    }
}
