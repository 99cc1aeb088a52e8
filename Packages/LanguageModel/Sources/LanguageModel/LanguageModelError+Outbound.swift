import Outbound

extension LanguageModelError {
    /// What a failed request means for its question.
    init(_ error: OutboundError, answerByteLimit: Int) {
        let sent = error.mayHaveBeenSent
        switch error.code {
        case .timedOut: self = .late(mayHaveBeenCharged: sent)
        case .cancelled: self = .cancelled(mayHaveBeenCharged: sent)
        case .tooLarge: self = .tooLarge(answerByteLimit)
        case .redirected:
            self.init(
                .redirected, message: "the language model answered with a redirection, which is not followed",
                status: error.status, mayHaveBeenCharged: false, cause: error)
        case .protocolViolation:
            self.init(
                .malformedAnswer, message: "the answer of the language model is no HTTP", mayHaveBeenCharged: sent, cause: error)
        case .connectionLost:
            self.init(
                .interrupted, message: "the connection to the language model was lost", mayHaveBeenCharged: sent, cause: error)
        case .overloaded:
            self.init(
                .overloaded, message: "too many questions wait for the language model", mayHaveBeenCharged: sent, cause: error)
        case .invalidRequest:
            self.init(
                .invalidQuestion, message: "the question cannot be sent: \(error.message)", mayHaveBeenCharged: false,
                cause: error)
        default:
            self.init(
                .unreachable, message: "the language model cannot be reached", mayHaveBeenCharged: sent, cause: error)
        }
    }

    /// What a status other than 2xx means.
    init(status: Int, retryAfter: Duration?) {
        let message = "the language model answered \(status)"
        switch status {
        case 401, 403:
            self.init(.keyRefused, message: "\(message): the key is not accepted", status: status)
        case 429:
            self.init(.limited, message: "\(message): too many questions", status: status, retryAfter: retryAfter)
        case 500...599:
            // Who stands in front of the model cannot tell whether it works on.
            self.init(
                .unavailable, message: message, status: status, retryAfter: retryAfter,
                mayHaveBeenCharged: status == 502 || status == 504)
        default:
            self.init(.questionRefused, message: message, status: status)
        }
    }
}
