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

    /// Units per window, 0 or more; 0 admits nothing.
    public let limit: Int64
    /// The length of the window, from 1 to ``maximumWindowMilliseconds``.
    public let windowMilliseconds: Int64
    /// The unit in which the window was written.
    public let unit: Unit

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
        self.limit = limit
        self.windowMilliseconds = window
        self.unit = unit
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

    init(limit: Int64, identity: RuleIdentity) {
        self.limit = limit
        self.windowMilliseconds = identity.windowMilliseconds
        self.unit = identity.unit
    }

    /// The same window with another limit, as an override needs.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidQuota` when the limit is negative.
    public func withLimit(_ limit: Int64) throws(RateLimitError) -> Quota {
        try Quota(limit: limit, per: self.multiple, self.unit)
    }

    /// How many ``unit``s make the window.
    public var multiple: Int64 { self.windowMilliseconds / self.unit.milliseconds }

    /// The length of the window.
    public var window: Duration { .milliseconds(self.windowMilliseconds) }

    /// The length of the window in nanoseconds, below 2⁶⁰.
    package var windowNanoseconds: Int64 { self.windowMilliseconds &* 1_000_000 }

    /// The canonical text, such as `20 per 1 minute` or `5 per 90 second`.
    public var description: String { "\(self.limit) per \(self.multiple) \(self.unit.name)" }
}
