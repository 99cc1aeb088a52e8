/// A point in time as whole nanoseconds since a start that the caller chooses once.
///
/// Decisions take the time as an argument, so tests move it by hand and a burst of requests may share one reading. Values beyond
/// ±2⁶² (about 146 years) are brought back to that border; no arithmetic on an instant can trap.
public struct RateLimitInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the start, between −2⁶² and 2⁶².
    public let nanoseconds: Int64

    package static let border: Int64 = 1 << 62

    /// Creates an instant; a value outside ±2⁶² becomes the nearer border.
    public init(nanoseconds: Int64) {
        self.nanoseconds = min(max(nanoseconds, -Self.border), Self.border)
    }

    /// Creates the instant that lies `offset` after the start; an offset beyond the range becomes the nearer border.
    public init(offset: Duration) {
        self.init(nanoseconds: offset.saturatedNanoseconds)
    }

    /// The start of the scale.
    public static let start = RateLimitInstant(nanoseconds: 0)

    private static let launch = ContinuousClock.now

    /// The time on this machine, counted from the first use in this process.
    ///
    /// Reads `ContinuousClock`: it never runs backwards, is not moved by changes of the wall clock, and goes on while the machine
    /// sleeps, as the windows that clients were told of go on too.
    public static var now: RateLimitInstant {
        RateLimitInstant(offset: Self.launch.duration(to: .now))
    }

    /// The instant that lies `duration` later, or earlier when it is negative; stops at the border of the range.
    public func advanced(by duration: Duration) -> RateLimitInstant {
        RateLimitInstant(nanoseconds: self.nanoseconds.addingSaturated(duration.saturatedNanoseconds))
    }

    /// Compares by time.
    public static func < (left: RateLimitInstant, right: RateLimitInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Duration {
    /// Whole nanoseconds, rounded towards zero; the nearest representable number when there are too many.
    package var saturatedNanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return scaled.addingSaturated(attoseconds / 1_000_000_000)
    }
}
