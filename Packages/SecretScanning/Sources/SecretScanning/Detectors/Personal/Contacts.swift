/// E-mail addresses and telephone numbers.
extension ScanTables {
    private static let localPart: Atoms = [.word, .dash, .dot, .percent]

    func email(_ text: ByteText, _ at: Int, _ state: inout ScanState) {
        guard let rule = self.rule(.email), text.has(.alnum, at: at &+ 1) else { return }
        let isLocal = { (offset: Int) in text.has(Self.localPart, at: offset) || text[offset] == UInt8(ascii: "+") }
        var start = at
        while at &- start < 64, isLocal(start &- 1) { start &-= 1 }
        let end = text.end(of: [.alnum, .dash, .dot], from: at &+ 1, limit: 253)
        state.charge(end &- start)
        var stop = end
        while stop > at, text[stop &- 1] == UInt8(ascii: ".") || text[stop &- 1] == UInt8(ascii: "-") { stop &-= 1 }
        guard start < at, text[start] != UInt8(ascii: "."), text[at &- 1] != UInt8(ascii: ".") else { return }
        // A password in an address: `://user:secret@host` is another rule's.
        if text[start &- 1] == UInt8(ascii: ":") || text[start &- 1] == UInt8(ascii: "/") { return }
        var (lastDot, label, topLetters) = (-1, 0, 0)
        for offset in (at &+ 1)..<stop {
            if text[offset] == UInt8(ascii: ".") {
                if label == 0 { return }
                (lastDot, label, topLetters) = (offset, 0, 0)
            } else {
                label += 1
                if text.has(.letter, at: offset) { topLetters += 1 }
            }
        }
        guard lastDot > 0, topLetters >= 2, topLetters == label else { return }
        let domain = (at &+ 1)..<stop
        for reserved
            in (["example.com", "example.org", "example.net", ".invalid", ".example", ".test", ".localhost"] as [StaticString])
        where domain.count >= reserved.utf8CodeUnitCount && text.matchesFolded(reserved, at: stop &- reserved.utf8CodeUnitCount) {
            return
        }
        if text.matches("git@", at: at &- 3), at &- start == 3 { return }
        // An asset of a double resolution, `icon@2x.png`.
        if text[at &+ 2] == UInt8(ascii: "x"), text.has(.digit, at: at &+ 1), text[at &+ 3] == UInt8(ascii: ".") { return }
        // The id of a message looks like an address, and so does the name of a service; neither leads to a person.
        let digits = (start..<at).count { text.has(.digit, at: $0) }
        let isDoubtful =
            digits >= 10
            || ([".local", ".service", ".socket", ".internal"] as [StaticString]).contains {
                text.matchesFolded($0, at: stop &- $0.utf8CodeUnitCount)
            }
        self.report(rule, text, whole: start..<stop, secret: start..<stop, confidence: isDoubtful ? .low : nil, &state)
    }

    /// E.164: a plus sign, 7 to 15 digits, single separators between them.
    func phone(_ text: ByteText, _ plus: Int, _ state: inout ScanState) {
        guard let rule = self.rule(.phone), text.has(.digit, at: plus &+ 1), text[plus &+ 1] != UInt8(ascii: "0"),
            !text.has([.word, .plusOrSlash, .equals], at: plus &- 1)
        else { return }
        var (offset, digits) = (plus &+ 1, 0)
        while digits <= 15 {
            if text.has(.digit, at: offset) {
                digits += 1
            } else {
                let isGap =
                    text.has([.dash, .dot], at: offset) || text[offset] == UInt8(ascii: " ") || text[offset] == UInt8(ascii: "(")
                    || text[offset] == UInt8(ascii: ")")
                let next = text[offset &+ 1]
                guard isGap, text.has(.digit, at: offset &+ 1) || next == UInt8(ascii: "(") || next == UInt8(ascii: " ") else {
                    break
                }
            }
            offset &+= 1
        }
        state.charge(offset &- plus)
        guard (7...15).contains(digits), !text.has([.word, .plusOrSlash, .equals], at: offset) else { return }
        while !text.has(.digit, at: offset &- 1), offset > plus { offset &-= 1 }
        // Few countries have numbers as short as that, and few texts with them.
        self.report(rule, text, whole: plus..<offset, secret: plus..<offset, confidence: digits < 9 ? .low : nil, &state)
    }
}
