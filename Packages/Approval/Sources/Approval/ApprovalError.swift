/// Why no answer could be given.
///
/// Two errors are equal if their codes are. `description` may be shown to a client.
public struct ApprovalError: Error, Sendable {
    /// The kind of an ``ApprovalError``.
    public struct Code: Sendable, Hashable {
        private enum Kind {
            case invalidRequest, tooLarge, invalidQuery, invalidCursor, unrecorded, unreadable
        }

        private let kind: Kind

        /// A value breaks a rule that the message names.
        public static let invalidRequest = Code(kind: .invalidRequest)
        /// Arguments or output are more than an approver can be shown.
        public static let tooLarge = Code(kind: .tooLarge)
        /// A query asks for more than is given, or for nothing that could be.
        public static let invalidQuery = Code(kind: .invalidQuery)
        /// A cursor was not made here, or not for this query.
        public static let invalidCursor = Code(kind: .invalidCursor)
        /// The attempt could not be recorded, so it has had no effect.
        public static let unrecorded = Code(kind: .unrecorded)
        /// What is sealed cannot be opened: its server secret is gone, or it was changed.
        public static let unreadable = Code(kind: .unreadable)
    }

    /// The kind.
    public let code: Code
    /// What happened, without data.
    public let message: String
    /// The error behind this one, for the log only.
    public let cause: (any Error)?

    init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ApprovalError: Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The message.
    public var description: String { self.message }

    /// Message and cause, for logs.
    public var debugDescription: String {
        self.message + (self.cause.map { " (cause: \(String(reflecting: $0)))" } ?? "")
    }

    /// Whether both are of one kind.
    public static func == (left: ApprovalError, right: ApprovalError) -> Bool {
        left.code == right.code
    }
}
