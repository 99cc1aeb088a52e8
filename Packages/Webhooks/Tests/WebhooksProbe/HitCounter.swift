import Synchronization

/// Counts how often a step was reached, on whatever thread.
final class HitCounter: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int { self.count.add(1, ordering: .relaxed).newValue }
}
