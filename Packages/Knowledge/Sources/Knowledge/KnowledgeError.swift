/// Why the knowledge base could not be set up or asked.
///
/// Two errors are equal when their codes are equal. What the rules of the commons refuse, such as a second vote, is a value and no error.
public struct KnowledgeError: Error {
    /// The kind of a ``KnowledgeError``.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidConfiguration, invalidPage, unrecorded
        }

        private let kind: Kind

        /// The name of the code, such as `unrecorded`.
        public var description: String { self.kind.rawValue }

        /// A setting is out of its range.
        public static let invalidConfiguration = Code(kind: .invalidConfiguration)
        /// The limit or the offset of a page is out of its range, or the cursor was not made for this list.
        public static let invalidPage = Code(kind: .invalidPage)
        /// The ledger did not keep the intent of a change, so that it was not made.
        public static let unrecorded = Code(kind: .unrecorded)
    }

    /// The kind, by which errors are compared.
    public let code: Code
    /// What happened, safe to show to a client.
    public let message: String

    init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }
}

extension KnowledgeError: Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The message.
    public var description: String { self.message }

    /// The code and the message, for the log.
    public var debugDescription: String { "KnowledgeError(\(self.code)): \(self.message)" }

    /// Whether both are of one kind.
    public static func == (left: KnowledgeError, right: KnowledgeError) -> Bool {
        left.code == right.code
    }
}
