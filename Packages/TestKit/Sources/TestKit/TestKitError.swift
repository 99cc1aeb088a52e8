/// Says why a helper could not do its work.
public struct TestKitError: Error, Equatable, CustomStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable {
        private enum Value {
            case systemCall, timedOut, outputEnded, commandFailed
        }

        private let value: Value

        /// The system refused a call.
        public static let systemCall = Code(value: .systemCall)
        /// Something did not happen within its deadline.
        public static let timedOut = Code(value: .timedOut)
        /// A stream ended without the line that was waited for.
        public static let outputEnded = Code(value: .outputEnded)
        /// A server or a program refused what it was asked to do.
        public static let commandFailed = Code(value: .commandFailed)
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, with the last output of a child process where there is one.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// Compares codes: tests match the kind, people read the message.
    public static func == (left: TestKitError, right: TestKitError) -> Bool {
        left.code == right.code
    }

    /// The message.
    public var description: String { self.message }
}
