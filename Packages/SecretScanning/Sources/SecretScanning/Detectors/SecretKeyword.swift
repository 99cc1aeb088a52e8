/// A word such as `password` with a quoted value: `password = "…"`, `"password": "…"`, `"…" == password`.
extension ScanTables {
    private static let longestValue = 1_024

    func secretKeyword(_ text: ByteText, _ word: Range<Int>, _ state: inout ScanState) {
        guard let usual = (state.isBeyondOlder ? nil : self.rule(.secretKeyword)) ?? self.rule(.secretAssignment) else { return }
        let suffixEnd = text.end(of: .word, from: word.upperBound, limit: 64)
        state.charge(suffixEnd &- word.upperBound)
        if let (value, isUsual) = Self.valueBehind(text, suffixEnd, &state),
            let rule = isUsual ? usual : self.rule(.secretAssignment)
        {
            let isDoubtful = KeywordFilter.isDoubtful(text, word: word, nameEnd: suffixEnd, value: value)
            self.report(
                rule, text, whole: word.lowerBound..<(value.upperBound &+ 1), secret: value, confidence: isDoubtful ? .low : nil,
                &state)
        } else if let value = Self.valueBeforeSemicolon(text, word.upperBound, &state) {
            // Code that calls something with a literal, more often than one that sets a password.
            self.report(
                usual, text, whole: word.lowerBound..<(value.upperBound &+ 2), secret: value, confidence: .low, &state)
        }
        self.literalDefault(text, word, nameEnd: suffixEnd, &state)
        self.instruction(text, word, nameEnd: suffixEnd, &state)
        if suffixEnd == word.upperBound { self.databaseParameter(text, word, &state) }
        if let value = Self.valueBefore(text, word.lowerBound, &state) {
            let isDoubtful = KeywordFilter.isDoubtful(text, word: word, nameEnd: suffixEnd, value: value)
            self.report(
                usual, text, whole: (value.lowerBound &- 1)..<suffixEnd, secret: value, confidence: isDoubtful ? .low : nil,
                &state)
        }
    }

    /// The value behind a word that ends at `end`, and whether the older system knows the form.
    private static func valueBehind(_ text: ByteText, _ end: Int, _ state: inout ScanState) -> (Range<Int>, isUsual: Bool)? {
        var offset = end
        var closers = 0
        while closers < 3, self.isQuote(text[offset]) || text[offset] == UInt8(ascii: "]") {
            offset &+= 1
            closers &+= 1
        }
        offset = text.end(of: .blank, from: offset, limit: 64)
        let operatorEnd = self.endOfOperator(text, offset)
        if operatorEnd == offset {
            // `password "…";` has no operator, and `password "…"` in prose is none of ours.
            let start = text[offset] == UInt8(ascii: "(") ? offset &+ 1 : offset
            guard self.isQuoteOrTick(text[start]), let value = self.quotedValue(text, start, &state),
                text[value.upperBound &+ 1] == UInt8(ascii: ";")
            else { return nil }
            return (value, true)
        }
        let isUsual = text[offset] != UInt8(ascii: ":") || text[offset &+ 1] != UInt8(ascii: "=")
        offset = text.end(of: .blank, from: operatorEnd, limit: 64)
        if let value = self.quotedValue(text, offset, &state) { return (value, isUsual) }
        // The older system ends a value at any quote and then does not take it.
        return self.valueWithQuotes(text, offset, &state).map { ($0, false) }
    }

    /// The first `"value";` behind a word and whatever stands there up to a blank: `secret_1("'a,b';"`, `account_keys<-"x1";`.
    private static func valueBeforeSemicolon(_ text: ByteText, _ end: Int, _ state: inout ScanState) -> Range<Int>? {
        var offset = end
        let bound = end &+ 64
        var (tries, isBehindBlank) = (0, false)
        while offset < bound, tries < 4, !self.endsLine(text[offset]) {
            if self.isQuoteOrTick(text[offset]) {
                tries &+= 1
                if let value = self.quotedValue(text, offset, &state), text[value.upperBound &+ 1] == UInt8(ascii: ";") {
                    return value
                }
            }
            if isBehindBlank { break }
            if text.has(.blank, at: offset) {
                offset = text.end(of: .blank, from: offset, limit: 64)
                isBehindBlank = true
            } else {
                offset &+= 1
            }
        }
        state.charge(offset &- end)
        return nil
    }

    /// The value before a word, with a comparison between: `"…" == password`.
    private static func valueBefore(_ text: ByteText, _ start: Int, _ state: inout ScanState) -> Range<Int>? {
        var offset = text.start(of: .word, before: start, limit: 64)
        offset = text.start(of: .blank, before: offset, limit: 64)
        var equals = 0
        while equals < 3, text[offset &- 1] == UInt8(ascii: "=") {
            offset &-= 1
            equals &+= 1
        }
        if equals >= 1, text[offset &- 1] == UInt8(ascii: "!") {
            offset &-= 1
            equals = 2
        }
        guard equals >= 2 else { return nil }
        offset = text.start(of: .blank, before: offset, limit: 64)
        let quote = text[offset &- 1]
        guard self.isQuoteOrTick(quote) else { return nil }
        let end = offset &- 1
        var first = end
        while end &- first < self.longestValue, !self.isQuote(text[first &- 1]), text[first &- 1] != quote,
            !self.endsLine(text[first &- 1])
        { first &-= 1 }
        state.charge(end &- first)
        guard first < end, text[first &- 1] == quote, self.isValue(text, first..<end) else { return nil }
        return first..<end
    }

    /// Where an operator that begins at an offset ends; the offset itself if there is none.
    private static func endOfOperator(_ text: ByteText, _ offset: Int) -> Int {
        switch text[offset] {
        case UInt8(ascii: ":"):
            return offset &+ (text[offset &+ 1] == UInt8(ascii: "=") ? 2 : 1)
        case UInt8(ascii: "!"):
            guard text[offset &+ 1] == UInt8(ascii: "=") else { return offset }
            return offset &+ (text[offset &+ 2] == UInt8(ascii: "=") ? 3 : 2)
        case UInt8(ascii: "="):
            var end = offset &+ 1
            if text[end] == UInt8(ascii: ">") { return end &+ 1 }
            while end &- offset < 3, text[end] == UInt8(ascii: "=") { end &+= 1 }
            return end
        default:
            return offset
        }
    }

    /// The inside of quotes of which the first stands at an offset.
    private static func quotedValue(_ text: ByteText, _ offset: Int, _ state: inout ScanState) -> Range<Int>? {
        let quote = text[offset]
        guard self.isQuoteOrTick(quote) else { return nil }
        var end = offset &+ 1
        let bound = end &+ self.longestValue
        while end < bound, !self.isQuote(text[end]), text[end] != quote, !self.endsLine(text[end]) { end &+= 1 }
        state.charge(end &- offset)
        let value = (offset &+ 1)..<end
        guard text[end] == quote, self.isValue(text, value) else { return nil }
        return value
    }

    /// The inside of quotes with quotes of the other kind, or with a backslash, in it.
    private static func valueWithQuotes(_ text: ByteText, _ offset: Int, _ state: inout ScanState) -> Range<Int>? {
        let quote = text[offset]
        guard self.isQuote(quote) else { return nil }
        var end = offset &+ 1
        let bound = end &+ 256
        while end < bound, text[end] != quote, !self.endsLine(text[end]) { end &+= text[end] == UInt8(ascii: "\\") ? 2 : 1 }
        state.charge(end &- offset)
        let value = (offset &+ 1)..<end
        guard text[end] == quote, value.count >= 6, self.isValue(text, value) else { return nil }
        return value
    }

    private static func isValue(_ text: ByteText, _ value: Range<Int>) -> Bool {
        guard let last = value.last else { return false }
        let first = text[value.lowerBound]
        guard text.has(.word, at: value.lowerBound) || first >= 0x80 else { return false }
        return text[last] != UInt8(ascii: ",") && text[last] != UInt8(ascii: "`")
    }

    /// Whether a byte is a quote or a back tick.
    private static func isQuoteOrTick(_ byte: UInt8) -> Bool { self.isQuote(byte) || byte == UInt8(ascii: "`") }

    /// Whether a byte is one of the two quotes of most languages.
    static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    /// Whether a byte ends a line, or the text.
    static func endsLine(_ byte: UInt8) -> Bool { byte == 0 || (10...13).contains(byte) }
}
