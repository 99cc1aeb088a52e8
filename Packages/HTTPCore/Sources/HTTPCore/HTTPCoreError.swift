/// Why an HTTP service could not be built.
public struct HTTPCoreError: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of an error; more may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case invalidOperation
        }

        private let value: Value

        /// The list of operations contradicts itself.
        public static let invalidOperation = Code(value: .invalidOperation)

        /// The name of the kind.
        public var description: String { self.value.rawValue }
    }

    /// The kind.
    public let code: Code
    /// What is wrong, for the program's developer.
    public let message: String
    /// The error behind.
    public let cause: (any Error)?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - message: What is wrong.
    ///   - cause: The error behind.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Two errors are equal when their kinds are.
    public static func == (left: HTTPCoreError, right: HTTPCoreError) -> Bool { left.code == right.code }

    /// The message.
    public var description: String { self.message }

    /// Kind and message.
    public var debugDescription: String { "HTTPCoreError(\(self.code)): \(self.message)" }
}
