/// Quoted values that look random: digests and keys without any word around them.
extension ScanTables {
    private static let base64Set: Atoms = [.base64Either, .equals]

    func quoted(_ text: ByteText, _ quote: Int, _ state: inout ScanState) {
        // A closing quote is followed by a separator, so most are done with one look.
        let start = quote &+ 1
        guard text.has(Self.base64Set, at: start) || text[start] == UInt8(ascii: "\\") else { return }
        var end = text.end(of: Self.base64Set, from: start, limit: 4_096)
        let isPlain = text[end] == text[quote]
        if isPlain, end &- start < 9 { return }
        while text[end] == UInt8(ascii: "\\"), end &- start < 4_096, text[end &+ 1] != text[quote] {
            end = text.end(of: Self.base64Set, from: end &+ 1, limit: 4_096)
        }
        state.charge(end &- start)
        guard text[end] == text[quote], end &- start >= 9, !Self.isNamedID(text, before: quote) else { return }
        let value = start..<end
        if let rule = self.rule(.hexEntropy), value.allSatisfy({ text.has(.hex, at: $0) }), Entropy.bits(text, value) > 3.0 {
            self.report(rule, text, whole: value, secret: value, &state)
        }
        if let rule = self.rule(.base64Entropy), end &- start >= 23, Entropy.bits(text, value) > 4.5 {
            self.report(rule, text, whole: value, secret: value, &state)
        }
    }

    /// Whether the name before a quoted value ends in "id", as in `user_id = "…"` or `"requestId": "…"`.
    private static func isNamedID(_ text: ByteText, before quote: Int) -> Bool {
        var offset = text.start(of: .blank, before: quote, limit: 16)
        var operators = 0
        while operators < 3, ":=>".utf8.contains(text[offset &- 1]) {
            offset &-= 1
            operators &+= 1
        }
        guard operators > 0 else { return false }
        offset = text.start(of: .blank, before: offset, limit: 16)
        if ByteText.folded(text[offset &- 1]) == UInt8(ascii: "s") { offset &-= 1 }
        guard text.matchesFolded("id", at: offset &- 2) else { return false }
        let before = text[offset &- 3]
        return !text.has(.letter, at: offset &- 3) || text[offset &- 2] == UInt8(ascii: "I") || ByteText.folded(before) != before
    }
}
