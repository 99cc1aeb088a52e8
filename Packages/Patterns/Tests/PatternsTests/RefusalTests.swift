import Patterns
import Testing

@Suite("Refusals")
struct RefusalTests {
    @Test(
        "refuses what does not compile, and says where",
        arguments: [
            ("(", 0), ("a)", 1), ("[a", 0), ("*a", 0), ("a|*", 2), (#"a\"#, 1), ("(?P<n>a)(?P<n>b)", 8), ("a{3,2}", 1),
            ("[b-a]", 1), ("(?<1>a)", 3), (#"\p{Nonsense}"#, 12), ("(?#", 0), ("a*{2}", 2), ("(?P!a)", 0), (#"(a)\2"#, 4),
            (#"\x{D800}"#, 0), ("(?1)", 3), ("a{1,70000}", 1), ("(?<=a|bc{2,3})d", 0),
        ])
    func refusesMalformed(_ text: String, _ offset: Int) {
        let error = #expect(throws: PatternError.self) { try Pattern(text) }
        #expect(error?.code == .malformed)
        #expect(error?.offset == offset)
        #expect(error?.description.contains(text) == false || text.utf8.count < 3)
    }

    @Test(
        "keeps out what lifts limits or is read differently elsewhere",
        arguments: [
            "(*LIMIT_MATCH=4000000000)a", "(*NO_JIT)a", "(*UTF)a", "a(*ACCEPT)", "a(*SKIP)b", "(*pla:a)", "(?C)a", "(?C1)a",
            "(?C'x')a", #"\C"#, #"a\Kb"#, #"\Ga"#, #"\X"#, #"\Qa+\E"#, "a{,3}", "a{ 2 }", "a{1, 2}", "[[:alpha:]]", "[[.a.]]",
            "(?|a|b)", "(?U)a+", "(?J)a", "(?xx)a", "(?^)a", "(?a)a", #"\u0041"#, #"\N{U+41}"#, #"\o{101}"#, #"\cA"#, #"(a)\10"#,
            #"[\1]"#, #"\x4"#, "(?(DEFINE)a)", "(?(R)a|b)", "(?(?=a)a|b)", "a{1001}", "a{1001,}", "(?<=(?1))(a)",
            "(?<=a{300}b{300}c{300}d{300})e", "(?<=a+)b", "(?*a)", #"\g'1'"#, "(?x)a\u{2028}b",
        ])
    func keepsOut(_ text: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(text) }
        #expect(error?.code == .refusedConstruct)
    }

    @Test("refuses patterns of more than 1 000 characters, however many bytes they have")
    func refusesLong() throws {
        _ = try Pattern(String(repeating: "\u{20AC}", count: 1_000))
        let error = #expect(throws: PatternError.self) { try Pattern(String(repeating: "a", count: 1_001)) }
        #expect(error?.code == .tooLong)
    }

    @Test(
        "refuses patterns that compile to too much",
        arguments: [
            "((a{1000}){1000}){1000}", "((a{1,999}b){1,999}c){1,999}", "((((((abc){20}){20}){20}){20}){20}){20}",
            "(?:[a-z]{9}x){65535}",
        ])
    func refusesHuge(_ text: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(text) }
        // Which of them the engine says depends on where its own bounds stand.
        #expect(error?.code == .tooLong || error?.code == .refusedConstruct)
    }

    @Test("refuses groups that are nested too deeply")
    func refusesDeep() throws {
        let nested = { String(repeating: "(", count: $0) + "a" + String(repeating: ")", count: $0) }
        _ = try Pattern(nested(90))
        let error = #expect(throws: PatternError.self) { try Pattern(nested(400)) }
        #expect(error?.code == .refusedConstruct)
    }

    @Test("refuses patterns for bytes that are not ASCII, and properties in them", arguments: ["é", "[é]", #"\p{L}"#])
    func refusesTextForBytes(_ text: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(text, options: PatternOptions(encoding: .bytes)) }
        #expect(error?.code == .refusedConstruct)
    }
}
