/// Says why a document gave no text.
///
/// The message is safe to show to whoever sent the document; it holds nothing of the content. Two errors are equal when their codes are.
public struct DocumentTextError: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        enum Value: String, CaseIterable {
            case unsupported, mismatched, broken, encrypted, tooLarge, timedOut, crashed, unavailable, invalidConfiguration
        }

        let value: Value

        /// Content that is none of ``DocumentFormat``, or a declared type that none of them has.
        public static let unsupported = Code(value: .unsupported)
        /// The content is something else than name or declared type say, or these two contradict each other.
        public static let mismatched = Code(value: .mismatched)
        /// The content begins as its format does, and cannot be read as such.
        public static let broken = Code(value: .broken)
        /// A password is needed, or the document forbids copying its text.
        public static let encrypted = Code(value: .encrypted)
        /// The document, something that it unpacks to, its text or its number of pages is over a limit.
        public static let tooLarge = Code(value: .tooLarge)
        /// The deadline passed, or the CPU time was used up.
        public static let timedOut = Code(value: .timedOut)
        /// The child ended without an answer, as it does when its memory is used up.
        public static let crashed = Code(value: .crashed)
        /// The fault is on our side: a program is missing, a file cannot be opened, too many callers wait.
        public static let unavailable = Code(value: .unavailable)
        /// A setting is out of its range.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)

        /// The name of the code, such as `mismatched`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, for people.
    public let message: String
    /// What the system or a program said, for the log only: it may hold parts of the document.
    public let detail: String

    /// Creates an error.
    public init(_ code: Code, message: String, detail: String = "") {
        self.code = code
        self.message = message
        self.detail = detail
    }

    /// Compares codes: tests match the kind, people read the message.
    public static func == (left: DocumentTextError, right: DocumentTextError) -> Bool {
        left.code == right.code
    }

    /// The message.
    public var description: String { self.message }

    /// The code, the message and the detail, for the log.
    public var debugDescription: String {
        let detail = self.detail.isEmpty ? "" : ", detail: \(self.detail.debugDescription)"
        return "DocumentTextError(\(self.code)): \(self.message)\(detail)"
    }
}
