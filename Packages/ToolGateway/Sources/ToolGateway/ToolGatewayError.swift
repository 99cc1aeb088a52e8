/// Says why the gateway cannot be set up, or cannot serve a call.
///
/// Two errors are equal when their codes are equal.
public struct ToolGatewayError: Error, Equatable, CustomStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case invalidServers }

        private let value: Value

        /// The settings that name tool servers break a rule.
        public static let invalidServers = Code(value: .invalidServers)

        /// The name of the code, such as `invalidServers`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong, for people; nothing in it is secret.
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
    public static func == (left: ToolGatewayError, right: ToolGatewayError) -> Bool { left.code == right.code }

    /// The message.
    public var description: String { self.message }
}
