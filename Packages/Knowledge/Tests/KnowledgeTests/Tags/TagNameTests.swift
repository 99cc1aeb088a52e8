import Testing

@testable import Knowledge

@Suite("Tag name")
struct TagNameTests {
    @Test(
        "has one normal form",
        arguments: [
            ("  Swift-6.2 ", "swift-6.2"), ("A_b", "a_b"), ("\tNETWORK\n", "network"),
            (String(repeating: "x", count: 60), String(repeating: "x", count: 50)),
        ]
    )
    func normalForm(_ typed: String, _ expected: String) {
        #expect(TagName(typed)?.text == expected)
    }

    @Test("drops what is left empty or holds another character", arguments: ["", "   ", "c++", "a b", "ü", "a\u{0}"])
    func dropped(_ typed: String) {
        #expect(TagName(typed) == nil)
    }

    @Test("counts two spellings of one tag once")
    func normalised() {
        #expect(TagName.normalised(["b", "A", "a ", "c++", "B"]).map(\.text) == ["a", "b"])
    }
}
