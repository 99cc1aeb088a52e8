/// Signs that a value is filled in later, or only shows where one would stand.
enum TemplateFilter {
    /// Whether something in a value is replaced when the text is used: `${NAME}`, `\(name)`, `{{ name }}`, `%s`, `<name>`, `…`.
    static func isTemplate(_ text: ByteText, _ value: Range<Int>) -> Bool {
        for offset in value {
            switch text[offset] {
            case UInt8(ascii: "\\"): if text[offset &+ 1] == UInt8(ascii: "(") { return true }
            case UInt8(ascii: "$"), UInt8(ascii: "#"):
                if text[offset &+ 1] == UInt8(ascii: "{") || text[offset &+ 1] == UInt8(ascii: "(") { return true }
            case UInt8(ascii: "{"):
                if text[offset &+ 1] == UInt8(ascii: "{") || self.isName(text, offset, UInt8(ascii: "}")) { return true }
            case UInt8(ascii: "<"): if self.isName(text, offset, UInt8(ascii: ">")) { return true }
            case UInt8(ascii: "%"):
                if value.count == 2, text.has(.letter, at: offset &+ 1) { return true }
                if text[offset &+ 1] == UInt8(ascii: "(") || text[offset &+ 1] == UInt8(ascii: "@") { return true }
            case UInt8(ascii: "."): if text.matches("...", at: offset) { return true }
            case 0xE2:
                // An ellipsis, or angle brackets of mathematics.
                if text.matches("…", at: offset) || text.matches("⟨", at: offset) || text.matches("⟩", at: offset) { return true }
            default: break
            }
        }
        return self.isConstantName(text, value)
    }

    /// Whether a word stands between an opening bracket and its counterpart.
    private static func isName(_ text: ByteText, _ open: Int, _ close: UInt8) -> Bool {
        let end = text.end(of: [.word, .dash, .dot, .blank], from: open &+ 1, limit: 40)
        return end > open &+ 1 && text[end] == close && text.has(.letter, at: open &+ 1)
    }

    /// Whether a value is a name in capitals, such as `DB_PASSWORD`.
    private static func isConstantName(_ text: ByteText, _ value: Range<Int>) -> Bool {
        value.contains { text.has(.underscore, at: $0) } && value.allSatisfy { text.has([.upper, .underscore], at: $0) }
    }

    /// Whether a value counts up, as `abcdef123456` does: most of its bytes are one more than the byte before.
    static func countsUp(_ text: ByteText, _ value: Range<Int>) -> Bool {
        guard value.count >= 6 else { return false }
        var steps = 0
        for offset in value.dropFirst() where text[offset] == text[offset &- 1] &+ 1 { steps += 1 }
        return steps * 10 >= (value.count - 1) * 7
    }
}
