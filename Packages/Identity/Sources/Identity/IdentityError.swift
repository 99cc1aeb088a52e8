/// Says why a value could not be made from text.
public struct IdentityError: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case invalidAddress, invalidPrefixLength, hostBitsSet
        }

        private let value: Value

        /// The text is no IP address.
        public static let invalidAddress = Code(value: .invalidAddress)
        /// The length of the network prefix is no number, or too large for the address family.
        public static let invalidPrefixLength = Code(value: .invalidPrefixLength)
        /// Bits behind the network prefix are not zero, so that a typing error is likely.
        public static let hostBitsSet = Code(value: .hostBitsSet)

        /// The name of the code, such as `invalidAddress`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong, for people; it quotes at most 64 bytes of the text, without control characters.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// Compares codes: tests match the kind, people read the message.
    public static func == (left: IdentityError, right: IdentityError) -> Bool {
        left.code == right.code
    }

    /// The message.
    public var description: String { self.message }

    /// The code and the message, for the log.
    public var debugDescription: String { "IdentityError(\(self.code)): \(self.message)" }
}
