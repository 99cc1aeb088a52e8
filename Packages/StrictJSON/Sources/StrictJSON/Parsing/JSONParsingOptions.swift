/// The limits within which a text is accepted.
public struct JSONParsingOptions: Hashable, Sendable {
    /// The greatest nesting that can be allowed, so that a tree never exhausts the stack of the thread that compares, writes or
    /// releases it.
    public static let greatestDepth = 256

    /// How deeply arrays and objects may be nested: 0 allows scalars only, `[]` needs 1. Default 64; values outside
    /// 0 to ``greatestDepth`` count as the nearer bound.
    public var maximumDepth: Int

    /// How many digits a number may have, fraction and exponent included. Default 4 300, as in CPython's `int`.
    public var maximumDigits: Int

    /// Whether strings and keys may contain `\u0000`. Default no: PostgreSQL cannot store it, and SQLite cuts the text there.
    public var allowsNUL: Bool

    /// Creates limits; see the properties for their meaning.
    public init(maximumDepth: Int = 64, maximumDigits: Int = 4_300, allowsNUL: Bool = false) {
        self.maximumDepth = maximumDepth
        self.maximumDigits = maximumDigits
        self.allowsNUL = allowsNUL
    }
}
