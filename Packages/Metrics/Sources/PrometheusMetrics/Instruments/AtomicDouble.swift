import Synchronization

/// A floating-point number that threads may add to at once without losing an addition.
struct AtomicDouble: ~Copyable, Sendable {
    private let bits: Atomic<UInt64>

    init(_ value: Double) {
        self.bits = Atomic(value.bitPattern)
    }

    func load() -> Double {
        Double(bitPattern: self.bits.load(ordering: .relaxed))
    }

    func store(_ value: Double) {
        self.bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var seen = self.bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: seen) + amount
            let outcome = self.bits.weakCompareExchange(expected: seen, desired: sum.bitPattern, ordering: .relaxed)
            if outcome.exchanged { return }
            seen = outcome.original
        }
    }
}
