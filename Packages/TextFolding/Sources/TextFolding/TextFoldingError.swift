/// A text whose meaning cannot be told, or a path that is refused.
///
/// Two errors are equal when their codes are equal, so that code matches the kind and people read the message. No message
/// repeats the text.
public struct TextFoldingError: Error, Sendable {
    /// The kind of a ``TextFoldingError``; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidEncoding, tooManyEncodings, tooLong, tooLarge, notAbsolute, traversal, hiddenSeparator, invalidCharacter
        }

        private let kind: Kind

        /// Percent-encoded bytes that are not UTF-8, overlong forms such as `%c0%af` included.
        public static let invalidEncoding = Code(kind: .invalidEncoding)
        /// Encodings inside each other, more than ``TextFolding/maximumRounds`` deep.
        public static let tooManyEncodings = Code(kind: .tooManyEncodings)
        /// A path of more than ``CanonicalPath/maximumBytes`` bytes.
        public static let tooLong = Code(kind: .tooLong)
        /// A text that expands to more bytes than allowed when characters become what they stand for.
        public static let tooLarge = Code(kind: .tooLarge)
        /// A path that does not begin with one slash: relative, `~user`, a URL, or two slashes, whose meaning POSIX leaves open.
        public static let notAbsolute = Code(kind: .notAbsolute)
        /// A segment that is, or can be read as, `..` or `.`.
        public static let traversal = Code(kind: .traversal)
        /// A separator or a dot that shows only when the path is decoded or folded.
        public static let hiddenSeparator = Code(kind: .hiddenSeparator)
        /// NUL, another control character, or a backslash, as sent or in another form of the path.
        public static let invalidCharacter = Code(kind: .invalidCharacter)

        /// The name of the kind, such as `traversal`.
        public var description: String { self.kind.rawValue }
    }

    /// What kind of error this is.
    public let code: Code
    /// One sentence for people; safe to send to a client.
    public let message: String

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - message: One sentence that does not repeat the text.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }
}

extension TextFoldingError: Equatable {
    /// Compares the kinds only.
    public static func == (left: TextFoldingError, right: TextFoldingError) -> Bool {
        left.code == right.code
    }
}

extension TextFoldingError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message.
    public var description: String { self.message }

    /// Code and message, for logs.
    public var debugDescription: String { "\(self.code): \(self.message)" }
}
