public import HTTPCore
import HTTPTypes
import Policy
import StrictJSON
public import ToolGateway

extension Problem {
    /// The answer to a call that got no decision that could be acted on.
    public init(_ refusal: GatewayRefusal) {
        switch refusal.reason {
        case .invalidRequestID:
            self = .validation(
                [
                    Violation(
                        at: [.name("body"), .name("request_id")], type: "value_error",
                        message: "Value error, \(refusal.description)")
                ], detail: refusal.description)
        case .requestIDTaken: self.init(.conflict, refusal.description)
        case .schema(let violations):
            self = .validation(
                violations.map { violation in
                    Violation(
                        at: [.name("body"), .name("tool_call"), .name("arguments"), .name(violation.argument)],
                        type: "value_error", message: "Value error, \(violation.message)")
                }, detail: refusal.description)
        case .tooManyApprovals: self.init(.rateLimited, refusal.description, headers: [.retryAfter: "60"])
        case .unavailable, .notAskable:
            self.init(.serviceUnavailable, refusal.description, headers: [.retryAfter: "1"], cause: refusal.cause)
        }
        self.isRecorded = refusal.isRecorded
    }
}
