/// How long to wait before the next attempt to connect: twice as long after each failure up to a cap, drawn at random from
/// the upper half so that many clients do not come back at the same moment.
struct Backoff: Sendable {
    private let shortest: Duration
    private let longest: Duration
    private var current: Duration

    /// Creates a series.
    ///
    /// - Parameters:
    ///   - shortest: The first pause, longer than zero.
    ///   - longest: The cap, at least `shortest`.
    init(shortest: Duration, longest: Duration) {
        self.shortest = shortest
        self.longest = longest
        self.current = shortest
    }

    /// The next pause.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let pause = self.current
        self.current = min(pause * 2, self.longest)
        return pause * Double.random(in: 0.5...1, using: &generator)
    }

    /// Begins the series anew.
    mutating func reset() {
        self.current = self.shortest
    }
}
