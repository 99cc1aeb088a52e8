/// Why documents could not be kept, shown or asked.
///
/// Two errors are equal when their codes are equal. What is no fault of ours, such as a file of the wrong type, is a refusal and a value.
public struct RetrievalError: Error {
    /// The kind of a ``RetrievalError``.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidConfiguration, invalidPage, invalidQuestion, folderUnusable
        }

        private let kind: Kind

        /// The name of the code, such as `invalidPage`.
        public var description: String { self.kind.rawValue }

        /// A setting is out of its range.
        public static let invalidConfiguration = Code(kind: .invalidConfiguration)
        /// The limit of a page is out of its range, or the cursor was not made for this list.
        public static let invalidPage = Code(kind: .invalidPage)
        /// A question asks for too few or too many passages.
        public static let invalidQuestion = Code(kind: .invalidQuestion)
        /// The folder of uploaded files cannot be used, or a file in it not be written.
        public static let folderUnusable = Code(kind: .folderUnusable)
    }

    /// The kind, by which errors are compared.
    public let code: Code
    /// What happened, safe to show to a client.
    public let message: String
    /// What the system said, for the log.
    public let detail: String?

    init(_ code: Code, message: String, detail: String? = nil) {
        self.code = code
        self.message = message
        self.detail = detail
    }
}

extension RetrievalError: Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The message.
    public var description: String { self.message }

    /// The code, the message and the words of the system, for the log.
    public var debugDescription: String {
        "RetrievalError(\(self.code)): \(self.message)" + (self.detail.map { " (\($0))" } ?? "")
    }

    /// Whether both are of one kind.
    public static func == (left: RetrievalError, right: RetrievalError) -> Bool {
        left.code == right.code
    }
}
