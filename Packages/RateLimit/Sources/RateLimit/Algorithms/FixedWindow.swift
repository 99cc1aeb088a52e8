/// A window that starts at the first hit and forgets everything at its end.
package struct FixedWindow: Meter, Equatable {
    /// When the window ends.
    package var end: Int64
    /// Units spent in it.
    package var used: Int64

    /// A counter that never was hit.
    package init(at now: Int64) {
        self.end = now
        self.used = 0
    }

    package init(end: Int64, used: Int64) {
        self.end = end
        self.used = used
    }

    @inline(__always)
    package func wait(for cost: Int64, under quota: Quota, at now: Int64) -> Int64 {
        now >= self.end || self.used <= quota.limit &- cost ? 0 : self.end &- now
    }

    @inline(__always)
    package mutating func spend(_ cost: Int64, under quota: Quota, at now: Int64) {
        if now >= self.end || self.used == 0 { self = FixedWindow(end: now &+ quota.windowNanoseconds, used: 0) }
        self.used = self.used.addingSaturated(cost)
    }

    package mutating func refund(_ units: Int64, mark: Int64, under quota: Quota, at now: Int64) {
        guard mark == self.end, now < self.end else { return }
        self.used = max(self.used &- units, 0)
    }

    /// The end of the window: units are only given back to the window that they were taken from.
    package var mark: Int64 { self.end }

    @inline(__always)
    package func reading(under quota: Quota, at now: Int64) -> MeterReading {
        guard now < self.end, self.used > 0 else { return .untouched(limit: quota.limit) }
        let rest = self.end &- now
        return MeterReading(used: self.used, remaining: max(quota.limit &- self.used, 0), resetAfter: rest, replenishAfter: rest)
    }

    package func vacancy(window: Int64) -> Int64 {
        self.used > 0 ? self.end : .min
    }
}
