import Synchronization

/// Hands out the segments of the arena: three quarters are promised evenly to the shards, the rest goes to whoever needs it first.
final class SegmentPool: Sendable {
    private let next = Atomic<Int>(1)
    private let shared: Atomic<Int>

    init(segmentCount: Int, promised: Int) {
        self.shared = Atomic(segmentCount - promised)
    }

    /// Takes a segment that nobody was promised; 0 when there is none.
    func takeShared() -> UInt32 {
        var left = self.shared.load(ordering: .relaxed)
        while left > 0 {
            let (exchanged, original) = self.shared.weakCompareExchange(expected: left, desired: left - 1, ordering: .relaxed)
            if exchanged { return self.takePromised() }
            left = original
        }
        return 0
    }

    /// Takes a segment against the caller's own promise.
    func takePromised() -> UInt32 {
        UInt32(truncatingIfNeeded: self.next.wrappingAdd(1, ordering: .relaxed).oldValue)
    }

    /// How many segments are in use.
    var takenCount: Int { self.next.load(ordering: .relaxed) - 1 }
}
