public import Approval
public import HTTPCore
import HTTPTypes

extension Problem {
    /// The answer to an attempt that had no effect; it repeats nothing of the request.
    ///
    /// 404 for what is not there, 403 for who may not, 409 for what is decided (`Token already decided with status: 'APPROVED'`),
    /// 422 for a note that is missing, 429 for too many open requests.
    ///
    /// - Parameters:
    ///   - refusal: Why nothing happened.
    ///   - isRecorded: Whether the desk's ledger has kept it, as its ``Approval/ApprovalReceipt`` says. Otherwise the
    ///     ``HTTPCore/RefusalObserver`` is told of it.
    public init(_ refusal: ApprovalRefusal, isRecorded: Bool) {
        let detail = refusal.description
        switch refusal {
        case .unknown: self.init(.notFound, detail)
        case .decided, .alreadyVoted, .notDecided, .notReturnable: self.init(.conflict, detail)
        case .noteMissing:
            self = .validation([Violation(at: [.name("query"), .name("note")], type: "missing", message: "Field required")])
        case .tooMany: self.init(.rateLimited, detail, headers: [.retryAfter: "60"])
        case .ownRequest, .notApprover, .notOwner, .otherCaller, .otherScope, .otherTool, .otherArguments, .otherPolicy,
            .approverGone:
            self.init(.forbidden, detail)
        }
        self.isRecorded = isRecorded
    }

    /// The answer when a desk gave none.
    public init(_ error: ApprovalError) {
        switch error.code {
        case .invalidQuery, .invalidRequest:
            self.init(.validationError, error.message, cause: error.cause)
        case .invalidCursor:
            self = .validation([
                Violation(
                    at: [.name("query"), .name("cursor")], type: "value_error",
                    message: "Value error, \(error.message)")
            ])
        case .tooLarge:
            self.init(.payloadTooLarge, error.message, cause: error.cause)
        case .unrecorded:
            self.init(.serviceUnavailable, error.message, headers: [.retryAfter: "1"], cause: error)
        default:
            self.init(.internalError, "Internal Server Error", cause: error)
        }
    }
}
