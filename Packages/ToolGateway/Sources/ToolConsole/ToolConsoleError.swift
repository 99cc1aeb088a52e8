/// Says why the console cannot be set up.
///
/// Two errors are equal when their codes are equal.
public struct ToolConsoleError: Error, Equatable, CustomStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case reservedName }

        private let value: Value

        /// A tool server has a name that something built in has.
        public static let reservedName = Code(value: .reservedName)

        /// The name of the code, such as `reservedName`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong, for people.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// Compares codes.
    public static func == (left: ToolConsoleError, right: ToolConsoleError) -> Bool { left.code == right.code }

    /// The message.
    public var description: String { self.message }
}
