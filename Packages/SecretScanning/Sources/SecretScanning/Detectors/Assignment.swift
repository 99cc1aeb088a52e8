/// A word such as `key` or `token`, an operator and a value whose length or alphabet tells whose it is.
///
/// In the form that the older system knows, "assign(P, K, V)": not after a word character, optional bracket and quote, the name of
/// the product and the word, optional quote and bracket, an operator or blanks, an optional quote, and the value.
extension ScanTables {
    private struct Value {
        let range: Range<Int>
        let isQuoted: Bool
    }

    func assignment(_ text: ByteText, _ word: Range<Int>, _ state: inout ScanState) {
        if let value = Self.value(text, behind: word.upperBound) {
            state.charge(value.range.count &+ 8)
            let count = value.range.count
            // The older system does not ask what follows such a key; only that of the cloud's accounts ends where the run ends.
            if count >= 24 { self.productKey(text, word, value.range, &state) }
            if count == 44 { self.ibmKey(text, word, value.range, &state) }
            if count >= 48 { self.ibmStorageSecret(text, word, value.range, &state) }
        }
        self.generic(text, word, &state)
    }

    /// The run of token characters behind a word, if an operator stands between.
    private static func value(_ text: ByteText, behind end: Int) -> Value? {
        var offset = end
        if self.isQuote(text[offset]) { offset &+= 1 }
        if text[offset] == UInt8(ascii: "]") { offset &+= 1 }
        let afterName = offset
        offset = text.end(of: .blank, from: offset, limit: 32)
        let beforeOperator = offset
        switch (text[offset], text[offset &+ 1]) {
        case (UInt8(ascii: ":"), UInt8(ascii: "=")), (UInt8(ascii: ":"), UInt8(ascii: ":")),
            (UInt8(ascii: "="), UInt8(ascii: ">")):
            offset &+= 2
        case (UInt8(ascii: ":"), _), (UInt8(ascii: "="), _): offset &+= 1
        default: break
        }
        if offset == beforeOperator, offset == afterName { return nil }
        offset = text.end(of: .blank, from: offset, limit: 32)
        let isQuoted = self.isQuote(text[offset])
        if isQuoted { offset &+= 1 }
        let valueEnd = text.end(of: .token, from: offset, limit: 80)
        return valueEnd > offset ? Value(range: offset..<valueEnd, isQuoted: isQuoted) : nil
    }

    /// Where the name before a word begins when it is made of the given parts only; `nil` if something else stands there.
    private static func nameStart(_ text: ByteText, _ parts: [StaticString], before wordStart: Int) -> Int? {
        var start = wordStart
        var count = 0
        search: while count < 5 {
            let separator = text[start &- 1] == UInt8(ascii: "_") || text[start &- 1] == UInt8(ascii: "-") ? 1 : 0
            for part in parts where text.matchesFolded(part, at: start &- separator &- part.utf8CodeUnitCount) {
                start &-= separator &+ part.utf8CodeUnitCount
                count &+= 1
                continue search
            }
            break
        }
        return text.has(.word, at: start &- 1) ? nil : start
    }

    private func productKey(_ text: ByteText, _ word: Range<Int>, _ value: Range<Int>, _ state: inout ScanState) {
        if let rule = self.rule(.cloudant),
            let start = Self.nameStart(text, ["api", "cloudant", "clou", "cl"], before: word.lowerBound),
            text.matchesFolded("cl", at: start)
        {
            let isLong = value.count >= 64 && value.prefix(64).allSatisfy { text.has(.hex, at: $0) }
            let isKey = isLong || value.prefix(24).allSatisfy { text.has(.lower, at: $0) }
            let key = value.lowerBound..<(value.lowerBound &+ (isLong ? 64 : 24))
            // Two letters are little to go by.
            let isUsual = text.matchesFolded("clou", at: start) && key == value
            if isKey {
                self.report(rule, text, whole: start..<key.upperBound, secret: key, confidence: isUsual ? nil : .low, &state)
            }
        }
        if let rule = self.rule(.softLayer), value.count >= 64,
            let start = Self.nameStart(text, ["api", "softlayer", "sl"], before: word.lowerBound),
            text.matchesFolded("s", at: start), value.prefix(64).allSatisfy({ text.has([.lower, .digit], at: $0) })
        {
            let key = value.lowerBound..<(value.lowerBound &+ 64)
            let isUsual = text.matchesFolded("softlayer", at: start) && key == value
            self.report(rule, text, whole: start..<key.upperBound, secret: key, confidence: isUsual ? nil : .low, &state)
        }
    }

    private func ibmKey(_ text: ByteText, _ word: Range<Int>, _ value: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.ibmIAM), !text.matchesFolded("secret", at: word.lowerBound),
            let start = Self.nameStart(text, ["ibm", "cloud", "iam", "api"], before: word.lowerBound)
        else { return }
        // The older system takes any `key = …` of this length; without a word of the product it is rarely one of theirs.
        let isNamed = start < word.lowerBound && !text.matchesFolded("api", at: start)
        self.report(rule, text, whole: start..<value.upperBound, secret: value, confidence: isNamed ? nil : .low, &state)
    }

    private func ibmStorageSecret(_ text: ByteText, _ word: Range<Int>, _ value: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.ibmCOS), text.matchesFolded("key", at: word.lowerBound),
            value.prefix(48).allSatisfy({ text.has(.hex, at: $0) }),
            let start = Self.nameStart(text, ["access", "secret", "ibm", "cos", "hmac"], before: word.lowerBound),
            text.containsFolded("secret", in: start..<word.lowerBound)
        else { return }
        let key = value.lowerBound..<(value.lowerBound &+ 48)
        self.report(rule, text, whole: start..<key.upperBound, secret: key, confidence: key == value ? nil : .low, &state)
    }
}
