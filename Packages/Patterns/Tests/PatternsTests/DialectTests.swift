import Patterns
import Testing

/// What Python 3.11 answers for `re.search(pattern, text)`, as bytes of the match.
@Suite("Dialect")
struct DialectTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let pattern: String
        let text: String
        let range: Range<Int>?

        init(_ pattern: String, _ text: String, _ range: Range<Int>?) {
            self.pattern = pattern
            self.text = text
            self.range = range
        }

        var testDescription: String { "\(self.pattern.debugDescription) in \(self.text.debugDescription)" }
    }

    @Test("answers as Python does", arguments: Self.rows)
    func answersAsPython(_ row: Row) throws {
        #expect(try Pattern(row.pattern).firstMatch(in: row.text)?.range == row.range)
    }

    @Test("differs from Python where its page says so", arguments: Self.differences)
    func differsAsDocumented(_ row: Row) throws {
        #expect(try Pattern(row.pattern).firstMatch(in: row.text)?.range == row.range)
    }

    @Test("knows ASCII alone in its classes when told so, and both cases of all letters still")
    func knowsASCIIClasses() throws {
        let options = PatternOptions(ignoresCase: true, usesUnicodeClasses: false)
        #expect(try !Pattern(#"\d"#, options: options).isFound(in: "\u{663}"))
        #expect(try !Pattern(#"\w"#, options: options).isFound(in: "\u{E9}"))
        #expect(try Pattern("\u{E9}", options: options).isFound(in: "\u{C9}"))
        #expect(try Pattern(#"\d\w\s"#, options: options).isFound(in: "4A "))
    }

    private static let differences: [Row] = [
        Row("(?i)i", "\u{130}", nil),
        Row("(?i)\u{131}", "I", nil),
        Row(#"\s"#, "\u{1C}", nil),
        Row(#"\s"#, "\u{180E}", 0..<3),
    ]

    private static let rows: [Row] = [
        Row("a\\Z", "a\u{A}", nil),
        Row("a$", "a\u{A}", 0..<1),
        Row("a\\Z", "a", 0..<1),
        Row("a.b", "a\u{A}b", nil),
        Row("a.b", "a\u{D}b", 0..<3),
        Row("a.b", "a\u{2028}b", 0..<5),
        Row("^b", "a\u{A}b", nil),
        Row("(?m)^b", "a\u{A}b", 2..<3),
        Row("(?m)a$", "a\u{D}\u{A}", nil),
        Row("a$", "a\u{D}\u{A}", nil),
        Row("\\d+", "\u{663}\u{664}", 0..<4),
        Row("\\w+", "\u{E9}", 0..<2),
        Row("\\w", "\u{B2}", 0..<2),
        Row("\\w", "_", 0..<1),
        Row("\\s", "\u{A0}", 0..<2),
        Row("\\s", "\u{85}", 0..<2),
        Row("\\s", "\u{2003}", 0..<3),
        Row("\\b\u{E9}", "\u{E9}", 0..<2),
        Row("(?i)k", "\u{212A}", 0..<3),
        Row("(?i)\u{212A}", "k", 0..<1),
        Row("(?i)s", "\u{17F}", 0..<2),
        Row("(?i)stra\u{DF}e", "STRASSE", nil),
        Row("(?i)\u{C9}", "\u{E9}", 0..<2),
        Row("(?i)\u{3C3}", "\u{3C2}", 0..<2),
        Row("\\v", "\u{B}", 0..<1),
        Row("\\v", "\u{A}", nil),
        Row("[\\v]", "\u{B}", 0..<1),
        Row("[\\v]", "\u{85}", nil),
        Row("\\a\\f", "\u{7}\u{C}", 0..<2),
        Row("[\\b]", "\u{8}", 0..<1),
        Row("(?P<q>[ab])x(?P=q)", "axa", 0..<3),
        Row("(?P<q>[ab])x(?P=q)", "axb", nil),
        Row("(a)?b\\1", "b", nil),
        Row("(?<=ab)c", "abc", 2..<3),
        Row("(?<!ab)c", "abc", nil),
        Row("(a)?(?(1)b|c)", "ab", 0..<2),
        Row("^(a)?(?(1)b|c)$", "ac", nil),
        Row("(?x) a b # c", "ab", 0..<2),
        Row("a{2}", "aa", 0..<2),
        Row("a{x}", "a{x}", 0..<4),
        Row("a{}", "a{}", 0..<3),
        Row("a{1", "a{1", 0..<3),
        Row("[]a]", "],", 0..<1),
        Row("[^]a]", "]", nil),
        Row("[a\\-z]", "-", 0..<1),
        Row("[a-]", "-", 0..<1),
        Row("[\\w-]", "-", 0..<1),
        Row("(?i:a)b", "AB", nil),
        Row("(?i:a)b", "Ab", 0..<2),
        Row("a++b", "aab", 0..<3),
        Row("(?>a+)ab", "aab", nil),
        Row("\\x41", "A", 0..<1),
        Row("\\0", "\u{0}", 0..<1),
        Row("\\012", "\u{A}", 0..<1),
        Row("(?s)a.b", "a\u{A}b", 0..<3),
        Row("\\Aab", "xab", nil),
        Row("()", "x", 0..<0),
        Row("|a", "a", 0..<0),
        Row("\\.", ".", 0..<1),
        Row("\\\u{E9}", "\u{E9}", 0..<2),
        Row("\\_", "_", 0..<1),
        Row("[\\s\\S]", "\u{A}", 0..<1),
        Row("\\B", "a", nil),
        Row("(?#c)a", "a", 0..<1),
        Row("a(?#c)+b", "aab", 0..<3),
        Row("(?:)", "", 0..<0),
        Row("[[]", "[", 0..<1),
        Row("a|b|", "c", 0..<0),
        Row("(?-i:a)", "A", nil),
        Row("\\$\\{", "${", 0..<2),
        Row("#", "#", 0..<1),
        Row("\\#", "#", 0..<1),
        Row("\\/", "/", 0..<1),
        Row("\\w", "\u{2177}", 0..<3),
        Row("\\d", "\u{B2}", nil),
        Row("\\w", "\u{AA}", 0..<2),
    ]
}
