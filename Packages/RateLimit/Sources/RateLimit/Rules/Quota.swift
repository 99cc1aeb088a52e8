/// A number of units that may be used within a stretch of time.
///
/// The text form is that of the Python `limits` library, as in `20 per 1 minute`; it stands in the `detail` of a 429 answer.
public struct Quota: Hashable, Sendable, CustomStringConvertible {
    /// The unit of time in which a window is told to people.
    public enum Unit: UInt8, CaseIterable, Sendable {
        case millisecond, second, minute, hour, day
        /// 30 days, as in the Python `limits` library.
        case month
        /// 12 months of 30 days, which is 360 days, as in the Python `limits` library.
        case year

        /// The length in milliseconds.
        public var milliseconds: Int64 {
            switch self {
            case .millisecond: 1
            case .second: 1_000
            case .minute: 60_000
            case .hour: 3_600_000
            case .day: 86_400_000
            case .month: 30 * 86_400_000
            case .year: 360 * 86_400_000
            }
        }

        /// The singular name, such as `minute`.
        public var name: String { "\(self)" }
    }

    /// The longest window: 30 years of 360 days, in milliseconds.
    public static let maximumWindowMilliseconds: Int64 = 30 * 360 * 86_400_000

    /// Units per window, 0 or more; 0 admits nothing. Of a ``bucket(capacity:refill:per:_:)``, the most that may be taken at once.
    public let limit: Int64
    /// The length of the window, from 1 to ``maximumWindowMilliseconds``.
    public let windowMilliseconds: Int64
    /// Tokens that a token bucket wins back per window; the limit, unless they were told apart.
    public let refill: Int64
    /// The unit in which the window was written.
    public let unit: Unit
    /// Whether capacity and refill were told apart by ``bucket(capacity:refill:per:_:)``.
    public let isBucket: Bool

    /// Creates a quota whose window is a number of units of time.
    ///
    /// - Parameters:
    ///   - limit: Units per window, 0 or more.
    ///   - multiple: How many `unit`s make the window, 1 or more.
    ///   - unit: The unit of time.
    /// - Throws: ``RateLimitError`` with code `invalidQuota` when the limit is negative, or the window is shorter than a millisecond
    ///   or longer than ``maximumWindowMilliseconds``.
    public init(limit: Int64, per multiple: Int64 = 1, _ unit: Unit) throws(RateLimitError) {
        guard limit >= 0 else {
            throw RateLimitError(.invalidQuota, message: "the limit \(limit) is below 0; allowed is 0 or more")
        }
        let (window, overflow) = multiple.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow, (1...Self.maximumWindowMilliseconds).contains(window) else {
            throw RateLimitError(
                .invalidQuota,
                message: "a window of \(multiple) \(unit.name) is out of range; allowed is 1 millisecond to 30 years of 360 days"
            )
        }
        self.init(limit: limit, windowMilliseconds: window, refill: limit, unit: unit, isBucket: false)
    }

    /// Creates a quota from a plain length of time; its text form uses the largest unit up to the day that divides the window.
    ///
    /// - Parameters:
    ///   - limit: Units per window, 0 or more.
    ///   - window: Whole milliseconds, at least one, at most 30 years of 360 days.
    /// - Throws: ``RateLimitError`` with code `invalidQuota` when either is out of range.
    public init(limit: Int64, window: Duration) throws(RateLimitError) {
        let nanoseconds = window.saturatedNanoseconds
        guard nanoseconds % 1_000_000 == 0, Duration.nanoseconds(nanoseconds) == window else {
            throw RateLimitError(
                .invalidQuota,
                message: "a window of \(window) is not allowed; allowed are whole milliseconds, up to 30 years of 360 days"
            )
        }
        let milliseconds = nanoseconds / 1_000_000
        let unit =
            [Unit.day, Unit.hour, Unit.minute, Unit.second].first { milliseconds % $0.milliseconds == 0 } ?? Unit.millisecond
        try self.init(limit: limit, per: milliseconds / unit.milliseconds, unit)
    }

    private init(limit: Int64, windowMilliseconds: Int64, refill: Int64, unit: Unit, isBucket: Bool) {
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
        self.refill = refill
        self.unit = unit
        self.isBucket = isBucket
    }

    init(limit: Int64, refill: Int64, identity: RuleIdentity) {
        self.init(
            limit: limit, windowMilliseconds: identity.windowMilliseconds, refill: refill, unit: identity.unit, isBucket: false)
    }

    /// Creates a quota for token buckets whose capacity says nothing about how fast they fill, as in `CL.THROTTLE key 15 30 60`:
    /// a capacity of 16, and 30 tokens come back in 60 seconds.
    ///
    /// A token takes `window ÷ refill` to come back, and this fraction is kept exactly: waits are the first whole nanosecond at which
    /// their promise holds, and no rounding ever adds up, at any rate. All rules of one name whose quotas were made like this share one
    /// bucket per key, whatever their numbers, as callers may choose them anew with each call.
    ///
    /// - Parameters:
    ///   - capacity: Tokens in a full bucket, 1 or more.
    ///   - refill: Tokens that come back per window, 1 or more.
    ///   - multiple: How many `unit`s make the window, 1 or more.
    ///   - unit: The unit of time, seconds unless told otherwise.
    /// - Throws: ``RateLimitError`` with code `invalidQuota` when a number is below 1, or the window or the time in which an empty bucket
    ///   fills is longer than ``maximumWindowMilliseconds``.
    public static func bucket(
        capacity: Int64, refill: Int64, per multiple: Int64 = 1, _ unit: Unit = .second
    ) throws(RateLimitError) -> Quota {
        guard capacity >= 1, refill >= 1 else {
            throw RateLimitError(
                .invalidQuota,
                message: "a bucket of \(capacity) tokens that wins back \(refill) is not allowed; both are 1 or more")
        }
        let plain = try Quota(limit: capacity, per: multiple, unit)
        guard let (fillTime, _) = multiplyDivide(capacity, plain.windowNanoseconds, by: refill),
            fillTime <= Self.maximumWindowMilliseconds * 1_000_000
        else {
            throw RateLimitError(
                .invalidQuota,
                message:
                    "a bucket of \(capacity) tokens that wins back \(refill) per \(multiple) \(unit.name) takes too long to fill; "
                    + "allowed are 30 years of 360 days"
            )
        }
        return Quota(
            limit: capacity, windowMilliseconds: plain.windowMilliseconds, refill: refill, unit: unit, isBucket: true)
    }

    /// The same window with another limit, as an override needs; a bucket keeps its refill.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidQuota` when the limit is negative, or for a bucket as
    ///   ``bucket(capacity:refill:per:_:)`` does.
    public func withLimit(_ limit: Int64) throws(RateLimitError) -> Quota {
        self.isBucket
            ? try .bucket(capacity: limit, refill: self.refill, per: self.multiple, self.unit)
            : try Quota(limit: limit, per: self.multiple, self.unit)
    }

    /// The part of one node among several, at least 1 of everything that was not 0.
    func share(among nodes: Int) -> Quota {
        let nodes = Int64(max(nodes, 1))
        let limit = self.limit == 0 ? 0 : max(self.limit / nodes, 1)
        return Quota(
            limit: limit, windowMilliseconds: self.windowMilliseconds,
            refill: self.isBucket ? max(self.refill / nodes, 1) : limit,
            unit: self.unit, isBucket: self.isBucket)
    }

    /// How many ``unit``s make the window.
    public var multiple: Int64 { self.windowMilliseconds / self.unit.milliseconds }

    /// The length of the window.
    public var window: Duration { .milliseconds(self.windowMilliseconds) }

    /// The length of the window in nanoseconds, below 2⁶⁰.
    package var windowNanoseconds: Int64 { self.windowMilliseconds &* 1_000_000 }

    /// How long an empty token bucket takes to fill: whole nanoseconds, and the rest in nanoseconds divided by ``refill``.
    @inline(__always)
    package var fillTime: (nanoseconds: Int64, parts: Int64) {
        guard self.refill != self.limit else { return (self.windowNanoseconds, 0) }
        guard self.refill > 0, let (whole, rest) = multiplyDivide(self.limit, self.windowNanoseconds, by: self.refill) else {
            return (self.windowNanoseconds, 0)
        }
        return (whole, rest)
    }

    /// The canonical text, such as `20 per 1 minute`, `5 per 90 second` or, of a bucket, `30 per 60 second, 16 at once`.
    public var description: String {
        let rate = "\(self.refill) per \(self.multiple) \(self.unit.name)"
        return self.isBucket ? "\(rate), \(self.limit) at once" : rate
    }
}
