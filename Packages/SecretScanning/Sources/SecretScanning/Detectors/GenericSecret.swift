/// A suspicious word in a name, an operator, and a random-looking value: reported with low confidence, never refused.
extension ScanTables {
    private static let innocentNames: [StaticString] = [
        "public", "key_id", "keyid", "key-id", "keyboard", "keyword", "csrf", "tokeniz", "tokens", "token_count", "token_type",
        "monkey",
        "hotkey", "author_", "authority", "secretary", "keychain", "primary_key", "foreign_key", "primarykey", "partition",
        "sort_key",
        "cache_key", "passenger", "compass", "bypass", "passive", "integrity", "checksum", "digest",
    ]

    private static let valueAtoms: Atoms = [.word, .dash, .dot, .equals, .plusOrSlash, .tilde]

    func generic(_ text: ByteText, _ word: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.generic) else { return }
        // The longer word is tried by itself.
        if word.count == 4, text.matchesFolded("password", at: word.lowerBound) { return }
        let nameEnd = text.end(of: .token, from: word.upperBound, limit: 24)
        var offset = nameEnd
        if Self.isQuote(text[offset]) { offset &+= 1 }
        if text[offset] == UInt8(ascii: "]") { offset &+= 1 }
        offset = text.end(of: .blank, from: offset, limit: 8)
        switch text[offset] {
        case UInt8(ascii: ":"): offset &+= text[offset &+ 1] == UInt8(ascii: "=") ? 2 : 1
        case UInt8(ascii: "="): offset &+= text[offset &+ 1] == UInt8(ascii: ">") ? 2 : 1
        default: return
        }
        offset = text.end(of: .blank, from: offset, limit: 8)
        let isQuoted = Self.isQuote(text[offset])
        if isQuoted { offset &+= 1 }
        var (end, seen) = (offset, Atoms())
        while end &- offset < 151 {
            let atom = Atoms(rawValue: text.atoms[Int(text[end])])
            if Self.valueAtoms.isDisjoint(with: atom) { break }
            seen.formUnion(atom)
            end &+= 1
        }
        state.charge(end &- offset &+ 8)
        guard (10...150).contains(end &- offset) else { return }
        let follower = text[end]
        if isQuoted, follower != text[offset &- 1] { return }
        if follower == UInt8(ascii: "(") || follower == UInt8(ascii: "[") { return }
        let value = offset..<end
        guard !seen.isDisjoint(with: .digit), !text.containsFolded("://", in: value),
            text[offset] != UInt8(ascii: "/"), text[offset] != UInt8(ascii: "."), !ValueFilter.isHarmless(text, value),
            Entropy.bits(text, value) >= 3.5
        else { return }
        guard !WordFilter.isMadeOfWords(text, value) else { return }
        let nameStart = text.start(of: .token, before: word.lowerBound, limit: 48)
        // `pass` alone is a verb, and what test programs print; only `db_pass` and the like are names.
        if word.count == 4, text.matchesFolded("pass", at: word.lowerBound), !text.matchesFolded("passw", at: word.lowerBound),
            nameStart == word.lowerBound || nameEnd > word.upperBound
        {
            return
        }
        for name in Self.innocentNames where text.containsFolded(name, in: nameStart..<nameEnd) { return }
        self.report(rule, text, whole: nameStart..<end, secret: value, &state)
    }
}
