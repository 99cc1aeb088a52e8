/// A pattern that is refused, or a search that gave no answer.
///
/// A search without a match is no error. Two errors are equal when their codes are equal, so that code matches the kind and
/// people read the message. No message repeats the pattern or the text searched.
public struct PatternError: Error, Sendable {
    /// The kind of a ``PatternError``; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case malformed, tooLong, refusedConstruct, nestedUnboundedRepeat, limitExceeded, invalidText, invalidOffset
            case engineFailure
        }

        private let kind: Kind

        /// A pattern that does not compile; ``PatternError/offset`` says where.
        public static let malformed = Code(kind: .malformed)
        /// A pattern of more than ``PatternCheck/maximumCharacters`` characters, or one that compiles to too much.
        public static let tooLong = Code(kind: .tooLong)
        /// A construct that is kept out because it lifts limits, or means different things in different dialects.
        public static let refusedConstruct = Code(kind: .refusedConstruct)
        /// A repeat without an upper end around another such as `(a+)+`.
        public static let nestedUnboundedRepeat = Code(kind: .nestedUnboundedRepeat)
        /// A search that took more steps, depth or memory than its ``PatternLimits`` allow; whether there is a match is unknown.
        public static let limitExceeded = Code(kind: .limitExceeded)
        /// A text that is not UTF-8, or an offset inside a character, where the pattern reads characters.
        public static let invalidText = Code(kind: .invalidText)
        /// A start of the search outside the text.
        public static let invalidOffset = Code(kind: .invalidOffset)
        /// The engine failed in a way that none of the other kinds tells; whether there is a match is unknown.
        public static let engineFailure = Code(kind: .engineFailure)

        /// The name of the kind, such as `malformed`.
        public var description: String { self.kind.rawValue }
    }

    /// What kind of error this is.
    public let code: Code
    /// One sentence for people; safe to send to a client.
    public let message: String
    /// Where in the pattern, in bytes of its UTF-8 from 0; nil for what has no place.
    public let offset: Int?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - message: One sentence that repeats neither the pattern nor the text.
    ///   - offset: Where in the pattern, in bytes.
    public init(_ code: Code, message: String, offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }
}

extension PatternError: Equatable {
    /// Compares the kinds only.
    public static func == (left: PatternError, right: PatternError) -> Bool {
        left.code == right.code
    }
}

extension PatternError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message, with the place in the pattern where there is one.
    public var description: String {
        self.offset.map { "\(self.message), at byte \($0) of the pattern" } ?? self.message
    }

    /// Code, message and place, for logs.
    public var debugDescription: String { "\(self.code): \(self.description)" }
}
