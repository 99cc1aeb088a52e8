/// Two windows side by side, the older one weighted by how much of it the sliding window still covers.
///
/// With `e` nanoseconds gone of a window of `w`, what counts is `current + ⌈previous · (w − e) ÷ w⌉`. The first window starts at the first
/// hit, so that keys do not all change windows at once.
package struct SlidingCounter: Meter, Equatable {
    /// When the current window started.
    package var start: Int64
    /// Units spent in the window before.
    package var previous: Int64
    /// Units spent in the current window.
    package var current: Int64

    /// A counter that never was hit.
    package init(at now: Int64) {
        self.init(start: now, previous: 0, current: 0)
    }

    package init(start: Int64, previous: Int64, current: Int64) {
        self.start = start
        self.previous = previous
        self.current = current
    }

    @inline(__always)
    package func wait(for cost: Int64, under quota: Quota, at now: Int64) -> Int64 {
        let rolled = self.rolled(to: now, window: quota.windowNanoseconds)
        let window = quota.windowNanoseconds
        let elapsed = max(now &- rolled.start, 0)
        let room = quota.limit &- cost
        if rolled.current <= room {
            let due = Self.elapsed(untilWeightOf: rolled.previous, isAtMost: room &- rolled.current, window: window)
            return max(due &- elapsed, 0)
        }
        return window &- elapsed &+ Self.elapsed(untilWeightOf: rolled.current, isAtMost: room, window: window)
    }

    @inline(__always)
    package mutating func spend(_ cost: Int64, under quota: Quota, at now: Int64) {
        self = self.rolled(to: now, window: quota.windowNanoseconds)
        self.current = self.current.addingSaturated(cost)
    }

    package mutating func refund(_ units: Int64, mark: Int64, under quota: Quota, at now: Int64) {
        self = self.rolled(to: now, window: quota.windowNanoseconds)
        if mark == self.start {
            self.current = max(self.current &- units, 0)
        } else if mark == self.start &- quota.windowNanoseconds {
            self.previous = max(self.previous &- units, 0)
        }
    }

    /// The start of the window that the units were spent in.
    package var mark: Int64 { self.start }

    @inline(__always)
    package func reading(under quota: Quota, at now: Int64) -> MeterReading {
        let window = quota.windowNanoseconds
        let rolled = self.rolled(to: now, window: window)
        let elapsed = max(now &- rolled.start, 0)
        let weight = Self.weight(of: rolled.previous, elapsed: elapsed, window: window)
        let used = rolled.current.addingSaturated(weight)
        guard used > 0 else { return .untouched(limit: quota.limit) }
        let remaining = max(quota.limit &- used, 0)
        let rest = window &- elapsed
        let reset = rolled.current > 0 ? rest &+ window : rest
        let replenish = remaining < quota.limit ? rolled.wait(for: remaining &+ 1, under: quota, at: now) : 0
        return MeterReading(used: used, remaining: remaining, resetAfter: reset, replenishAfter: replenish)
    }

    package func vacancy(window: Int64) -> Int64 {
        if self.current > 0 { return self.start &+ window &+ window }
        return self.previous > 0 ? self.start &+ window : .min
    }

    @inline(__always)
    private func rolled(to now: Int64, window: Int64) -> SlidingCounter {
        if self.previous == 0, self.current == 0 { return SlidingCounter(at: now) }
        if now < self.start &+ window { return self }
        if now < self.start &+ window &+ window {
            return SlidingCounter(start: self.start &+ window, previous: self.current, current: 0)
        }
        return SlidingCounter(at: now)
    }

    @inline(__always)
    private static func weight(of units: Int64, elapsed: Int64, window: Int64) -> Int64 {
        guard units > 0, let (quotient, remainder) = multiplyDivide(units, window &- elapsed, by: window) else { return 0 }
        return remainder > 0 ? quotient &+ 1 : quotient
    }

    /// How far into a window the weight of the one before has fallen to `bound`: `w − ⌊bound · w ÷ units⌋`.
    @inline(__always)
    private static func elapsed(untilWeightOf units: Int64, isAtMost bound: Int64, window: Int64) -> Int64 {
        guard units > bound, let (quotient, _) = multiplyDivide(bound, window, by: units) else { return 0 }
        return window &- quotient
    }
}
