import Synchronization

/// A distribution: how many observations fell below each bound, how many there were, and their sum.
///
/// Observing takes a lock for two additions and allocates nothing. The lock makes every scrape consistent: the count
/// equals the `+Inf` bucket and the sum is the sum of exactly those observations.
public final class PrometheusHistogram: Sendable {
    /// The state of a histogram at one instant.
    public struct Snapshot: Sendable {
        /// The upper bounds, without `+Inf`.
        public let bounds: [Double]
        /// The observations at or below each bound; the last element stands for `+Inf` and equals ``count``.
        public let cumulativeCounts: [UInt64]
        /// The sum of all observations.
        public let sum: Double

        /// The number of observations.
        public var count: UInt64 { self.cumulativeCounts.last ?? 0 }
    }

    private struct State {
        var counts: [UInt64]
        var sum: Double = 0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        self.state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Records one observation, in the unit that the metric's name says.
    ///
    /// Infinite and NaN observations are ignored, because one of them would spoil the sum for the life of the process.
    public func observe(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = self.bucketIndex(of: value)
        self.state.withLock { state in
            state.counts[bucket] &+= 1
            state.sum += value
        }
    }

    /// Records a duration in seconds.
    public func observe(_ duration: Duration) {
        self.observe(duration.inSeconds)
    }

    /// The state now; all its numbers belong together.
    public func snapshot() -> Snapshot {
        var (counts, sum) = self.state.withLock { ($0.counts, $0.sum) }
        var running: UInt64 = 0
        for index in counts.indices {
            running &+= counts[index]
            counts[index] = running
        }
        return Snapshot(bounds: self.bounds, cumulativeCounts: counts, sum: sum)
    }

    /// The first bucket whose bound is not below the value, found by halving.
    private func bucketIndex(of value: Double) -> Int {
        var low = 0
        var high = self.bounds.count
        while low < high {
            let middle = (low + high) / 2
            if self.bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Duration {
    /// This duration as a number of seconds, as exact as a `Double` can say it.
    var inSeconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
