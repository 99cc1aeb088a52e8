/// A text that cannot be read as SQL without doubt; whoever decides by the text must then refuse it.
///
/// Two errors are equal when their codes are equal, so that code matches the kind and people read the message. No message
/// repeats the text.
public struct SQLError: Error, Sendable {
    /// The kind of an ``SQLError``; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case tooLong, tooDeep, invalidUTF8, invalidCharacter, unterminated, unbalanced, ambiguous, malformed
        }

        private let kind: Kind

        /// More than ``SQLScript/maximumBytes`` bytes.
        public static let tooLong = Code(kind: .tooLong)
        /// More than ``SQLScript/maximumDepth`` parentheses or comments inside each other.
        public static let tooDeep = Code(kind: .tooDeep)
        /// Bytes that are not UTF-8.
        public static let invalidUTF8 = Code(kind: .invalidUTF8)
        /// NUL, another control character, or a character that has no place outside quotes, such as a full-width letter.
        public static let invalidCharacter = Code(kind: .invalidCharacter)
        /// A string, name or comment without an end.
        public static let unterminated = Code(kind: .unterminated)
        /// Parentheses that do not match within their statement.
        public static let unbalanced = Code(kind: .unbalanced)
        /// A text whose meaning depends on the settings or the version of the server.
        public static let ambiguous = Code(kind: .ambiguous)
        /// Something that is no token, or a statement that does not begin with a keyword.
        public static let malformed = Code(kind: .malformed)

        /// The name of the kind, such as `ambiguous`.
        public var description: String { self.kind.rawValue }
    }

    /// What kind of error this is.
    public let code: Code
    /// Where in the text, in bytes of its UTF-8 from 0.
    public let offset: Int
    /// One sentence for people; safe to send to a client.
    public let message: String

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - offset: Where in the text, in bytes.
    ///   - message: One sentence that does not repeat the text.
    public init(_ code: Code, at offset: Int, message: String) {
        self.code = code
        self.offset = offset
        self.message = message
    }
}

extension SQLError: Equatable {
    /// Compares the kinds only.
    public static func == (left: SQLError, right: SQLError) -> Bool {
        left.code == right.code
    }
}

extension SQLError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message, with the place in the text.
    public var description: String { "\(self.message), at byte \(self.offset) of the SQL" }

    /// Code, message and place, for logs.
    public var debugDescription: String { "\(self.code): \(self.description)" }
}
