/// A number that rises and falls, such as connections open now; it starts at zero.
///
/// Setting and adding are atomic: no lock, no allocation, safe from any thread.
public final class PrometheusGauge: Sendable {
    private let current = AtomicDouble(0)

    init() {}

    /// Replaces the value; infinities and NaN are shown as such.
    public func set(_ value: Double) {
        self.current.store(value)
    }

    /// Replaces the value by a whole number; beyond 2⁵³ it is rounded to the nearest number that a `Double` holds.
    public func set(_ value: Int) {
        self.current.store(Double(value))
    }

    /// Adds an amount, which may be negative; an infinite or NaN amount is ignored, as no later addition could mend it.
    public func increment(by amount: Double = 1) {
        guard amount.isFinite else { return }
        self.current.add(amount)
    }

    /// Takes an amount away; an infinite or NaN amount is ignored.
    public func decrement(by amount: Double = 1) {
        self.increment(by: -amount)
    }

    /// The value now.
    public var value: Double { self.current.load() }
}
