/// The numbers of one counter at one instant; waits in nanoseconds.
package struct MeterReading: Equatable {
    /// Units counted now.
    package var used: Int64
    /// Units that may be taken at once, never below 0.
    package var remaining: Int64
    /// Until nothing is counted any more.
    package var resetAfter: Int64
    /// Until more than `remaining` may be taken; 0 when everything may.
    package var replenishAfter: Int64

    package init(used: Int64, remaining: Int64, resetAfter: Int64, replenishAfter: Int64) {
        self.used = used
        self.remaining = remaining
        self.resetAfter = resetAfter
        self.replenishAfter = replenishAfter
    }

    /// Nothing counted.
    package static func untouched(limit: Int64) -> MeterReading {
        MeterReading(used: 0, remaining: limit, resetAfter: 0, replenishAfter: 0)
    }
}

/// One counter of one algorithm, as a state machine over integers that is told the time.
///
/// Times are nanoseconds between ±2⁶², windows are shorter than 2⁶⁰ ns, and limits are any number of 0 or more, so that a sum of two times
/// always fits. The time never runs backwards from call to call; the store sees to that.
package protocol Meter {
    /// Nanoseconds until `cost` fits, 0 when it does now.
    ///
    /// - Parameter cost: From 1 to the limit.
    func wait(for cost: Int64, under quota: Quota, at now: Int64) -> Int64

    /// Counts `cost`, whether it fits or not.
    mutating func spend(_ cost: Int64, under quota: Quota, at now: Int64)

    /// Counts `cost` if it fits and tells 0; otherwise tells the nanoseconds until it does.
    ///
    /// - Parameter cost: From 1 to the limit.
    mutating func take(_ cost: Int64, under quota: Quota, at now: Int64) -> Int64

    /// Gives back `units` that were spent under `mark`, as far as they are still counted.
    mutating func refund(_ units: Int64, mark: Int64, under quota: Quota, at now: Int64)

    /// What a later refund must know about the last spending.
    var mark: Int64 { get }

    /// The numbers to report.
    func reading(under quota: Quota, at now: Int64) -> MeterReading

    /// The instant from which this counter cannot be told from one that never existed.
    func vacancy(window: Int64) -> Int64
}

extension Meter {
    @inline(__always)
    package mutating func take(_ cost: Int64, under quota: Quota, at now: Int64) -> Int64 {
        let wait = self.wait(for: cost, under: quota, at: now)
        if wait == 0 { self.spend(cost, under: quota, at: now) }
        return wait
    }
}
