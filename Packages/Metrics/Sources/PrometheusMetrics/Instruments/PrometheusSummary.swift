import Synchronization

/// How many observations there were, and their sum; without quantiles, as Prometheus' Python client has it.
///
/// Observing takes a lock for two additions and allocates nothing; a scrape sees count and sum of the same instant.
public final class PrometheusSummary: Sendable {
    private struct State {
        var count: UInt64 = 0
        var sum: Double = 0
    }

    private let state = Mutex(State())

    init() {}

    /// Records one observation, in the unit that the metric's name says; infinite and NaN observations are ignored.
    public func observe(_ value: Double) {
        guard value.isFinite else { return }
        self.state.withLock { state in
            state.count &+= 1
            state.sum += value
        }
    }

    /// Records a duration in seconds.
    public func observe(_ duration: Duration) {
        self.observe(duration.inSeconds)
    }

    /// The number of observations and their sum at one instant.
    public func snapshot() -> (count: UInt64, sum: Double) {
        self.state.withLock { ($0.count, $0.sum) }
    }
}
