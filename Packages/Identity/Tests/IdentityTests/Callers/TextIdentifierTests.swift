import Identity
import Testing

@Suite("Identifiers")
struct TextIdentifierTests {
    @Test("take any visible text", arguments: ["dev-agent", "a", "jo@example.org", "Zoë", "名前", "a b", "🙂", "x/y:z", "\u{301}"])
    func takeVisibleText(_ text: String) throws {
        let id = try #require(CallerID(text))
        #expect(Array(id.text.utf8) == Array(text.utf8))
        #expect(Array(id.description.utf8) == Array(text.utf8))
    }

    @Test(
        "refuse text that is empty or not visible",
        arguments: [
            "", "\0", "a\0b", "a\nb", "a\r\nb", "a\tb", "\u{7F}", "\u{1B}[2J", "\u{85}", "\u{9B}", "ad\u{200B}min",
            "\u{202E}nimda",
            "admin\u{2066}", "\u{FEFF}admin", "\u{2028}", "\u{2029}", "soft\u{AD}hyphen", "\u{E0061}",
        ])
    func refuseInvisibleText(_ text: String) {
        #expect(CallerID(text) == nil)
        #expect(OrganisationID(text) == nil)
        #expect(Scope(text) == nil)
    }

    @Test("have at most 255 bytes, not characters")
    func haveBoundedBytes() {
        #expect(CallerID(String(repeating: "a", count: 255)) != nil)
        #expect(CallerID(String(repeating: "a", count: 256)) == nil)
        #expect(CallerID(String(repeating: "é", count: 127)) != nil)
        #expect(CallerID(String(repeating: "é", count: 128)) == nil)
    }

    @Test("differ when their bytes differ, even where strings are equal")
    func compareBytes() throws {
        let composed = try #require(CallerID("Zo\u{EB}"))
        let decomposed = try #require(CallerID("Zoe\u{308}"))
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        // Canonically equal with the same number of bytes: two marks in either order.
        let above = CallerID(unchecked: "a\u{323}\u{307}")
        let below = CallerID(unchecked: "a\u{307}\u{323}")
        #expect(above.text == below.text)
        #expect(above != below)
        #expect((above < below) != (below < above))
        #expect(CallerID("dev") == CallerID("dev"))
        #expect(CallerID("dev")?.hashValue == CallerID("dev")?.hashValue)
    }

    @Test("are ordered by bytes")
    func areOrdered() {
        let ids = ["b", "a", "ab", "é", "Z"].compactMap { CallerID($0) }
        #expect(ids.sorted().map(\.text) == ["Z", "a", "ab", "b", "é"])
    }
}
