import Synchronization

/// A number that only grows, such as requests served; it starts at zero with the process.
///
/// Incrementing is one atomic addition: no lock, no allocation, safe from any thread. Whole and fractional amounts are
/// kept apart, so that whole ones stay exact however large the total becomes.
public final class PrometheusCounter: Sendable {
    /// Whole amounts from here on go to the floating-point part: 2³² of them are needed to overflow the whole part.
    private static let largestWholeStep = 1 << 32

    private let whole = Atomic<UInt64>(0)
    private let fractional = AtomicDouble(0)

    init() {}

    /// Adds one.
    public func increment() {
        self.whole.wrappingAdd(1, ordering: .relaxed)
    }

    /// Adds a whole amount; a negative amount is ignored, as a counter never falls.
    public func increment(by amount: Int) {
        guard amount > 0 else { return }
        if amount < Self.largestWholeStep {
            self.whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
        } else {
            self.fractional.add(Double(amount))
        }
    }

    /// Adds an amount with a fraction; a negative, infinite or NaN amount is ignored.
    public func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        self.fractional.add(amount)
    }

    /// The total so far.
    public var value: Double {
        Double(self.whole.load(ordering: .relaxed)) + self.fractional.load()
    }

    func reset() {
        self.whole.store(0, ordering: .relaxed)
        self.fractional.store(0)
    }
}
