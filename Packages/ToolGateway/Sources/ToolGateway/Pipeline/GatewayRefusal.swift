public import Policy

/// Why a call got no decision that could be acted on.
public struct GatewayRefusal: Error, Sendable {
    /// The kind of refusal.
    public enum Reason: Sendable, Hashable {
        /// The request id is no name of 1 to 255 visible ASCII characters.
        case invalidRequestID
        /// The request id was used before.
        case requestIDTaken
        /// The arguments do not fit the schema of the tool.
        case schema([SchemaViolation])
        /// As many approvals for this call, or of this caller, are open as there may be.
        case tooManyApprovals
        /// Nobody can be asked for a yes, as arguments or output are too large to be shown whole; never thrown, as it is told as a
        /// denial.
        case notAskable
        /// What happens cannot be recorded, or approvals cannot be asked, so nothing may happen.
        case unavailable
    }

    /// The kind of refusal.
    public let reason: Reason
    /// Whether the journal has a record of it.
    public let isRecorded: Bool
    /// What happened, for the log.
    public let cause: (any Error)?

    init(_ reason: Reason, isRecorded: Bool, cause: (any Error)? = nil) {
        self.reason = reason
        self.isRecorded = isRecorded
        self.cause = cause
    }
}

extension GatewayRefusal: CustomStringConvertible {
    /// One sentence that is safe to show.
    public var description: String {
        switch self.reason {
        case .invalidRequestID: "request_id must have 1 to 255 visible ASCII characters"
        case .requestIDTaken: "The request id was used before; each call needs its own"
        case .schema(let violations):
            "Tool schema validation failed: \(violations.map(\.description).joined(separator: "; "))"
        case .tooManyApprovals: "Too many approvals are open already"
        case .notAskable: "It is too large to be shown to a person whole"
        case .unavailable: "The call cannot be recorded now, so it is not made"
        }
    }
}
