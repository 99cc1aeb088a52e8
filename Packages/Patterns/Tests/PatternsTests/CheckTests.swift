import Patterns
import Testing

@Suite("Static checks")
struct CheckTests {
    @Test(
        "refuses repeats without end inside others",
        arguments: [
            "(a+)+", "(a|b*)*", "(.*,)*", "(?:a*)*", "((a)+b)+", "(a{2,})+", "(?:x|(?:y|z+)+)", "(a+?)*?", "(?=(a+)+)b",
            "(?:a+){3,}",
            "(?>(?:a+)+)", "(?:(?:a+)?b)*", "(?i:(a+b)+)", "(?x) ( a + ) +", "(a(?#c)+)+", "(?:a+|b)*+",
        ])
    func refusesNested(_ text: String) throws {
        let error = #expect(throws: PatternError.self) { try Pattern(text) }
        #expect(error?.code == .nestedUnboundedRepeat)
        #expect(throws: PatternError(.nestedUnboundedRepeat, message: "")) { try PatternCheck.check(text) }
        try PatternCheck.check(text, options: PatternOptions(allowsNestedRepeats: true))
    }

    @Test(
        "lets others pass",
        arguments: [
            "a+b+", "(a+)?", "(a+){1,5}", "(?:a++b)+", "(?:(?>a+)b)+", "(?:(?=a+)a)+", "(a{1,64}b)+", "[(a+)+]", #"\(a+\)+"#,
            "(?#(a+)a",
            "(?x)a # (b+)+",
        ])
    func letsPass(_ text: String) throws {
        _ = try Pattern(text)
        try PatternCheck.check(text)
    }

    @Test(
        "finds literals that every match contains",
        arguments: [
            ("abc", ["abc"]), ("abc|def", ["abc", "def"]), ("ab(c|d)e", ["abce", "abde"]), ("a.*password", ["password"]),
            ("colou?r", ["color", "colour"]), ("(?:key|token)=[a-z]{20}", ["key=", "token="]), ("[ab]c", ["ac", "bc"]),
            ("x{3}", ["xxx"]), ("(ab){2,}", ["abab"]), ("(?:ab)+c", ["ab"]), ("a(?=b)c", ["ac"]), (#"\bfoo\b"#, ["foo"]),
            ("(?i)Bearer", ["bearer"]), ("(?i:P)wd", ["pwd"]), ("(?x) a b # c", ["ab"]), (#"a\.b"#, ["a.b"]),
            (#"\x41\t"#, ["A\t"]),
            ("é+", ["é"]), ("a?b?", nil), ("[a-z]+", nil), (".*", nil), ("abc|", nil), ("(a)|b*", nil), ("(?!abc)", nil),
            ("", nil),
            (#"(a)\1"#, ["a"]), ("(?R)?ab", ["ab"]), ("(?:abc)?d", ["abcd", "d"]), ("(?<=abc)d", ["d"]),
            ("(a)?(?(1)bb|cc)", ["bb", "abb", "cc", "acc"]),
        ] as [(String, [String]?)])
    func findsLiterals(_ text: String, _ literals: [String]?) throws {
        let found = try PatternCheck.requiredLiterals(of: text)
        #expect(found.map { Set($0.map(\.text)) } == literals.map { Set($0) })
        #expect(try Pattern(text).requiredLiterals == found)
    }

    @Test("counts on no ASCII letter that another character can stand for")
    func avoidsFoldedLetters() throws {
        let text = PatternOptions(ignoresCase: true)
        #expect(try PatternCheck.requiredLiterals(of: "secret", options: text)?.map(\.text) == ["ecret"])
        #expect(try PatternCheck.requiredLiterals(of: "ks", options: text) == nil)
        #expect(try Pattern("secret", options: text).isFound(in: "\u{17F}ecret"))
        let bytes = PatternOptions(ignoresCase: true, encoding: .bytes)
        #expect(
            try PatternCheck.requiredLiterals(of: "Secret", options: bytes) == [
                RequiredLiteral(Array("secret".utf8), ignoresCase: true)
            ])
        #expect(try !Pattern("secret", options: bytes).isFound(in: "\u{17F}ecret"))
    }

    @Test(
        "bounds the length of a match",
        arguments: [
            ("abc", 3), ("a{2,5}", 5), ("a|bcd", 3), ("[a-z]{20}", 20), (".", 4), (#"\d"#, 4), ("é", 2), ("(?i)é", 4),
            ("(?i)k", 3), ("(?i)a", 1),
            ("a*", nil), ("a+", nil), ("(?=a+)", 0), ("^$", 0), (#"(ab)\1"#, 4), (#"(?i)(ab)\1"#, 10), (#"(a+)\1"#, nil),
            ("(?R)?a", nil),
            (#"\R"#, 3), ("(?:a{1000}){0,65535}", 65_535_000), ("(?:){5,}", 0), (#"(?:\1(a)){2}"#, nil), ("(a)?(?(1)bbb|c)", 4),
            ("", 0),
        ] as [(String, Int?)])
    func boundsLength(_ text: String, _ maximum: Int?) throws {
        #expect(try PatternCheck.maximumLength(of: text) == maximum)
    }

    @Test("counts one byte for each character of bytes")
    func boundsLengthOfBytes() throws {
        let options = PatternOptions(ignoresCase: true, encoding: .bytes)
        #expect(try PatternCheck.maximumLength(of: #"k.\d\W[^a]\xE9\R"#, options: options) == 8)
    }
}
