import HTTPCore
import HTTPTypes

extension Problem {
    static var usedForAnotherRequest: Problem {
        let message = "Idempotency-Key was used for another request: a key belongs to one caller, path, query and body"
        return .validation([
            Violation(at: [.name("header"), .name("idempotency-key")], type: "idempotency_key_reused", message: message)
        ])
    }

    static var stillRunning: Problem {
        Problem(.conflict, "The first request with this Idempotency-Key is still running", headers: [.retryAfter: "1"])
    }

    static var unknownOutcome: Problem {
        Problem(
            .conflict,
            "The outcome of the first request with this Idempotency-Key is not known: look whether it took effect before you use "
                + "another key")
    }

    static func unkeptAnswer(status: Int?) -> Problem {
        let status = status.map { " with status \($0)" } ?? ""
        return Problem(
            .conflict, "The first request with this Idempotency-Key was answered\(status), and the answer cannot be given again")
    }

    static func tooManyKeys(limit: Int) -> Problem {
        Problem(
            .rateLimited, "Too many values of Idempotency-Key: at most \(limit) are remembered per caller",
            headers: [.retryAfter: "60"])
    }
}
