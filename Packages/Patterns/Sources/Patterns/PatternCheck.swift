/// What can be said of a pattern without compiling it, in time linear in its length.
public enum PatternCheck {
    /// The longest pattern that is accepted, in Unicode scalars.
    public static let maximumCharacters = 1_000

    /// What every match must contain: at least one of these literals.
    ///
    /// - Parameters:
    ///   - text: The pattern.
    ///   - options: How it is read.
    /// - Returns: One literal or more, or nil if no such are known, as with `[a-z]+`.
    /// - Throws: ``PatternError`` with the codes of ``check(_:options:)``.
    public static func requiredLiterals(
        of text: String, options: PatternOptions = PatternOptions()
    ) throws(PatternError) -> [RequiredLiteral]? {
        LiteralFinder.literals(of: try self.syntax(of: text, options: options).root)
    }

    /// How many bytes a match has at most, or nil if there is no bound or none is known.
    ///
    /// - Parameters:
    ///   - text: The pattern.
    ///   - options: How it is read.
    /// - Throws: ``PatternError`` with the codes of ``check(_:options:)``.
    public static func maximumLength(
        of text: String, options: PatternOptions = PatternOptions()
    ) throws(PatternError) -> Int? {
        LengthBound.maximum(of: try self.syntax(of: text, options: options).root)
    }

    /// Refuses what ``Pattern`` refuses, except for what only the engine finds, such as an unknown property.
    ///
    /// - Parameters:
    ///   - text: The pattern.
    ///   - options: How it is read.
    /// - Throws: ``PatternError`` with code `tooLong` for more than ``maximumCharacters``, `malformed`, `refusedConstruct`,
    ///   or `nestedUnboundedRepeat` unless the options allow it.
    public static func check(_ text: String, options: PatternOptions = PatternOptions()) throws(PatternError) {
        _ = try self.syntax(of: text, options: options)
    }

    static func syntax(of text: String, options: PatternOptions) throws(PatternError) -> Syntax {
        guard text.utf8.count <= 4 * self.maximumCharacters, text.unicodeScalars.count <= self.maximumCharacters else {
            throw PatternError(.tooLong, message: "a pattern has up to \(self.maximumCharacters) characters")
        }
        let syntax = try SyntaxParser.parse(text, options: options)
        guard options.allowsNestedRepeats || !RepeatCheck.hasNestedRepeat(syntax.root) else {
            throw PatternError(
                .nestedUnboundedRepeat,
                message: "a repeat without end stands inside another; give one of them an end, or make the inner one possessive"
            )
        }
        return syntax
    }
}
