/// Says why credentials were not taken, or cannot be read.
///
/// Two errors are equal when their codes are equal. No part of any credentials is in one.
public struct CredentialsError: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case invalidCredentials, unreadable, tooMany }

        private let value: Value

        /// What somebody brought breaks a rule.
        public static let invalidCredentials = Code(value: .invalidCredentials)
        /// A row was not sealed for its owner by a secret of the ring.
        public static let unreadable = Code(value: .unreadable)
        /// As many credentials are kept as there may be.
        public static let tooMany = Code(value: .tooMany)

        /// The name of the code, such as `tooMany`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong, safe to show.
    public let message: String
    /// What a library said, for the log.
    public let cause: (any Error)?

    /// Creates an error.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Compares codes.
    public static func == (left: CredentialsError, right: CredentialsError) -> Bool { left.code == right.code }

    /// The message.
    public var description: String { self.message }

    /// Code, message and cause, for the log.
    public var debugDescription: String {
        let cause = self.cause.map { ": \(String(reflecting: $0))" } ?? ""
        return "\(self.code): \(self.message)\(cause)"
    }
}
