/// A text that stands in every match of a pattern, alone or together with others of which one does.
public struct RequiredLiteral: Hashable, Sendable {
    /// The bytes, one or more; in lower case if `ignoresCase` is set.
    public let bytes: [UInt8]
    /// Whether ASCII letters of the text searched are to be compared in lower case.
    public let ignoresCase: Bool

    /// The bytes as text, with replacement characters where they are none.
    public var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// Creates a literal; with `ignoresCase` its ASCII letters become lower case.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - ignoresCase: Whether letters stand for both cases.
    public init(_ bytes: [UInt8], ignoresCase: Bool) {
        self.bytes = ignoresCase ? bytes.map(\.lowercased) : bytes
        self.ignoresCase = ignoresCase
    }

    /// This literal and then another; if either ignores case, so does the whole, which holds more often and never less.
    func followed(by other: RequiredLiteral) -> RequiredLiteral {
        RequiredLiteral(self.bytes + other.bytes, ignoresCase: self.ignoresCase || other.ignoresCase)
    }
}
