/// When a message that was not delivered is tried again.
public struct RetrySchedule: Hashable, Sendable {
    /// The pauses before each attempt; the first one belongs to the first attempt.
    public let pauses: [Duration]

    /// Creates a schedule; no pauses mean no attempt.
    public init(pauses: [Duration]) {
        self.pauses = pauses
    }

    /// The example of Standard Webhooks 1.0.0: at once, then after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h.
    public static let standard = RetrySchedule(pauses: [
        .zero, .seconds(5), .seconds(300), .seconds(1_800), .seconds(7_200), .seconds(18_000), .seconds(36_000),
        .seconds(50_400), .seconds(72_000), .seconds(86_400),
    ])

    /// The pause after a number of failed attempts, 0 before the first; nil when no attempt is left.
    ///
    /// - Parameters:
    ///   - failedCount: How many attempts have failed, 0 or more.
    ///   - jitter: A number from 0 to 1, random in practice: the pause becomes up to a tenth longer, so that messages which
    ///     failed together are not repeated together.
    public func pause(afterFailures failedCount: Int, jitter: Double = 0) -> Duration? {
        guard self.pauses.indices.contains(failedCount) else { return nil }
        let share = jitter >= 0 && jitter <= 1 ? jitter : 0
        return self.pauses[failedCount] + self.pauses[failedCount] * (share / 10)
    }
}

/// What the answer of a receiver means for a message. Source: Standard Webhooks 1.0.0.
public enum DeliveryVerdict: Hashable, Sendable {
    /// 2xx: it has arrived.
    case delivered
    /// 410: the receiver wants no messages any more.
    case gone
    /// 429, 502, 504: later, and other messages to this receiver slower too.
    case throttled
    /// Anything else, redirections among it: later.
    case failed

    /// Judges a status.
    public init(status: Int) {
        switch status {
        case 200...299: self = .delivered
        case 410: self = .gone
        case 429, 502, 504: self = .throttled
        default: self = .failed
        }
    }
}
