import Outbound
import StandardWebhooks

/// What came of an attempt.
enum AttemptOutcome: Hashable, Sendable {
    /// An answer that is no redirection, and its `Retry-After` if it is a number of seconds.
    case answered(status: Int, retryAfter: Int?)
    /// No answer to judge; the code says why, and the status is there for redirections.
    case failed(error: String, status: Int?)
    /// Nothing was sent, for a reason of this server's own; it does not count as an attempt.
    case notSent

    init(_ error: OutboundError) {
        switch error.code {
        case .overloaded, .closed, .cancelled:
            self = error.mayHaveBeenSent ? .failed(error: error.code.description, status: nil) : .notSent
        default: self = .failed(error: error.code.description, status: error.status)
        }
    }

    var verdict: DeliveryVerdict {
        if case .answered(let status, _) = self { DeliveryVerdict(status: status) } else { .failed }
    }

    var status: Int? {
        switch self {
        case .answered(let status, _): status
        case .failed(_, let status): status
        case .notSent: nil
        }
    }

    var error: String? {
        if case .failed(let error, _) = self { error } else { nil }
    }

    /// How long the endpoint rests, if it asked to be left alone.
    ///
    /// - Returns: What `Retry-After` says, at least a second and at most the longest rest, or the usual rest; nil for other answers.
    func rest(_ configuration: WebhookConfiguration) -> Duration? {
        guard self.verdict == .throttled, case .answered(_, let retryAfter) = self else { return nil }
        guard let retryAfter else { return configuration.throttlePause }
        return min(max(.seconds(retryAfter), .seconds(1)), configuration.longestThrottlePause)
    }

    /// The number of seconds in `Retry-After` (RFC 9110, section 10.2.3); dates are passed over, as they need equal clocks.
    static func seconds(inRetryAfter text: String?) -> Int? {
        guard let text, !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        // More digits are more than a day anyway.
        return text.utf8.count <= 9 ? Int(text) : 999_999_999
    }
}
