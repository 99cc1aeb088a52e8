import HTTPCore
import HTTPTypes
import LimitService
import RateLimit
import StrictJSON

/// The answer to `POST /check` in bytes; the ordinary path and the hot path both write it here, so that they cannot differ.
///
/// ```
/// X-RateLimit-Limit: 10
/// X-RateLimit-Remaining: 0
/// X-RateLimit-Reset: 37
/// RateLimit-Policy: "check";q=10;w=60
/// RateLimit: "check";r=0;t=37
/// Retry-After: 37
///
/// {"allowed":false,"current_count":10,"remaining":0,"retry_after_seconds":37}
/// ```
///
/// `X-RateLimit-Reset` and `Retry-After` stand in refusals only; `X-RateLimit-Policy: degraded` says that the shared store did not
/// give the answer.
enum CheckReply {
    /// The longest form of all fields together.
    static let longestFields = 420
    /// The longest form of a body without a lease.
    static let longestBody = 200
    /// The largest number that a structured field can say (RFC 9651 §3.3.1).
    private static let largestFieldInteger: Int64 = 999_999_999_999_999

    /// The status of an answer that is no error.
    static func status(of answer: LimitAnswer) -> HTTPResponse.Status {
        answer.isAllowed ? .ok : .tooManyRequests
    }

    /// Writes the fields, each with its line end.
    @inline(__always)
    static func writeFields(of answer: LimitAnswer, into bytes: inout ReplyBytes) {
        let wait = answer.retryAfterSeconds
        bytes.write("X-RateLimit-Limit: ")
        bytes.write(answer.rule.limit)
        bytes.write("\r\nX-RateLimit-Remaining: ")
        bytes.write(answer.remaining)
        if !answer.isAllowed {
            bytes.write("\r\nX-RateLimit-Reset: ")
            bytes.write(wait)
        }
        bytes.write("\r\nRateLimit-Policy: \"check\";q=")
        bytes.write(min(answer.rule.limit, Self.largestFieldInteger))
        if answer.windowMilliseconds % 1_000 == 0 {
            bytes.write(";w=")
            bytes.write(answer.windowMilliseconds / 1_000)
        }
        bytes.write("\r\nRateLimit: \"check\";r=")
        bytes.write(min(answer.remaining, Self.largestFieldInteger))
        bytes.write(";t=")
        bytes.write(answer.isAllowed ? answer.rule.replenishAfter.wholeSeconds : wait)
        if !answer.isAllowed {
            bytes.write("\r\nRetry-After: ")
            bytes.write(max(wait, 1))
        }
        if answer.isDegraded { bytes.write("\r\nX-RateLimit-Policy: degraded") }
        bytes.write("\r\n")
    }

    /// Writes the decision object.
    @inline(__always)
    static func writeBody(of answer: LimitAnswer, into bytes: inout ReplyBytes) {
        bytes.write(answer.isAllowed ? "{\"allowed\":true,\"current_count\":" : "{\"allowed\":false,\"current_count\":")
        bytes.write(answer.rule.used)
        bytes.write(",\"remaining\":")
        bytes.write(answer.remaining)
        bytes.write(",\"retry_after_seconds\":")
        bytes.write(answer.retryAfterSeconds)
        // Only a batch says so here: a single check of such a cost is refused as invalid.
        bytes.write(answer.canNeverPass ? ",\"error\":\"cost_exceeds_limit\"}" : "}")
    }

    /// The problem of a node whose store is away and whose policy is `closed`.
    static let unavailable = Problem(
        .serviceUnavailable, "The shared store cannot be asked now; the policy of this node is to refuse",
        headers: [.retryAfter: "1", .degradation: "degraded"],
        members: [
            ("allowed", false), ("current_count", 0), ("remaining", 0), ("retry_after_seconds", 1),
        ])
}

extension HTTPField.Name {
    /// `X-RateLimit-Policy`, which says `degraded` when the shared store did not give the answer (CONTRACTS §8.5).
    static let degradation = HTTPField.Name.known("X-RateLimit-Policy")

    private static func known(_ name: StaticString) -> HTTPField.Name {
        guard let field = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is a valid field name") }
        return field
    }
}
