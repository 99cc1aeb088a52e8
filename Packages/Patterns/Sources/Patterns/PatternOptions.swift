/// How a pattern is read.
public struct PatternOptions: Hashable, Sendable {
    /// What a pattern takes for one character.
    public enum Encoding: Hashable, Sendable {
        /// Characters are those of UTF-8, with the classes and letter cases of Unicode; other text is an error.
        case utf8
        /// Each byte is a character, any bytes are searched, classes and letter cases are those of ASCII; the pattern itself
        /// must be ASCII and names other bytes as `\xHH`.
        case bytes
    }

    /// Whether letters match both cases, as with `(?i)`; default false.
    public var ignoresCase: Bool
    /// Whether a match must be the whole text, as with Python's `fullmatch`; default false.
    public var matchesWholeText: Bool
    /// Whether `\d`, `\w`, `\s` and `\b` know all of Unicode as in Python, or ASCII only; default true. Without effect on bytes.
    public var usesUnicodeClasses: Bool
    /// What one character is, default UTF-8.
    public var encoding: Encoding
    /// Whether repeats such as `(a+)+` are allowed; default false. Searches keep within their limits either way.
    public var allowsNestedRepeats: Bool

    /// Creates options; without arguments they read a pattern as Python's `re.search` does.
    ///
    /// - Parameters:
    ///   - ignoresCase: Whether letters match both cases.
    ///   - matchesWholeText: Whether a match must be the whole text.
    ///   - usesUnicodeClasses: Whether `\d`, `\w`, `\s` and `\b` know all of Unicode.
    ///   - encoding: What one character is.
    ///   - allowsNestedRepeats: Whether repeats such as `(a+)+` are allowed.
    public init(
        ignoresCase: Bool = false,
        matchesWholeText: Bool = false,
        usesUnicodeClasses: Bool = true,
        encoding: Encoding = .utf8,
        allowsNestedRepeats: Bool = false
    ) {
        self.ignoresCase = ignoresCase
        self.matchesWholeText = matchesWholeText
        self.usesUnicodeClasses = usesUnicodeClasses
        self.encoding = encoding
        self.allowsNestedRepeats = allowsNestedRepeats
    }
}
