#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An instant in UTC, exact to the microsecond, from the year 0001 to the year 9999.
///
/// It is what PostgreSQL's `timestamptz` can hold and RFC 3339 can say, so a round trip through either changes nothing.
/// Days have 86 400 seconds, as in POSIX time.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z; negative before.
    public let microseconds: Int64

    /// The first instant: 0001-01-01T00:00:00.000000Z.
    public static let earliest = Timestamp(unchecked: -62_135_596_800_000_000)

    /// The last instant: 9999-12-31T23:59:59.999999Z.
    public static let latest = Timestamp(unchecked: 253_402_300_799_999_999)

    /// 1970-01-01T00:00:00.000000Z.
    public static let epoch = Timestamp(unchecked: 0)

    /// Creates an instant from microseconds since 1970, or `nil` outside the years 0001 to 9999.
    public init?(microseconds: Int64) {
        guard (Self.earliest.microseconds...Self.latest.microseconds).contains(microseconds) else { return nil }
        self.microseconds = microseconds
    }

    init(unchecked microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The present instant by the system's clock, which may be stepped; for measuring use a monotonic clock.
    public static func now() -> Timestamp {
        var time = timespec()
        guard clock_gettime(CLOCK_REALTIME, &time) == 0 else {
            preconditionFailure("every supported system has a real-time clock")
        }
        return Timestamp(clamping: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// The instant that lies a duration later, or earlier for a negative one; at most ``latest``, at least ``earliest``.
    ///
    /// What is finer than a microsecond is cut off, towards the past.
    public func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let (whole, tooFar) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let fraction = (attoseconds < 0 ? attoseconds - 999_999_999_999 : attoseconds) / 1_000_000_000_000
        let (step, stepTooFar) = whole.addingReportingOverflow(fraction)
        let (sum, sumTooFar) = self.microseconds.addingReportingOverflow(step)
        if tooFar || stepTooFar || sumTooFar { return seconds < 0 ? .earliest : .latest }
        return Timestamp(unchecked: min(max(sum, Self.earliest.microseconds), Self.latest.microseconds))
    }

    /// How long after this instant the other one lies; negative if it lies before.
    public func duration(to other: Timestamp) -> Duration {
        .microseconds(other.microseconds - self.microseconds)
    }

    /// Whether the left instant comes before the right one.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    private init(clamping seconds: Int64, nanoseconds: Int64) {
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let microseconds = overflow ? (seconds < 0 ? Int64.min : Int64.max) : whole &+ nanoseconds / 1000
        self.microseconds = min(max(microseconds, Self.earliest.microseconds), Self.latest.microseconds)
    }
}
