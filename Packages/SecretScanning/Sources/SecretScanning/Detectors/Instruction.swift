/// Values without quotes that are no expressions: in the instructions by which images are built, and as defaults in templates.
extension ScanTables {
    private static let longestLine = 512
    private static let longestLiteral = 256

    /// `ENV DB_PASSWORD=…`, `ENV DB_PASSWORD …` and `ARG DB_PASSWORD=…`; with quotes around the value, the usual form finds it.
    func instruction(_ text: ByteText, _ word: Range<Int>, nameEnd: Int, _ state: inout ScanState) {
        let hasSign = text[nameEnd] == UInt8(ascii: "=")
        guard let rule = self.rule(.secretAssignment), hasSign || text.has(.blank, at: nameEnd) else { return }
        let nameStart = text.start(of: .word, before: word.lowerBound, limit: 64)
        // Without a sign there is one name, right behind the word, and the rest of the line is its value.
        guard hasSign || text.matches("ENV", at: text.start(of: .blank, before: nameStart, limit: 16) &- 3),
            Self.isInstruction(text, word.lowerBound, &state)
        else { return }
        let start = hasSign ? nameEnd &+ 1 : text.end(of: .blank, from: nameEnd, limit: 16)
        let ends: Atoms = hasSign ? .blank : []
        let isQuoted = Self.isQuote(text[start])
        if isQuoted, hasSign { return }
        var end = start
        let bound = start &+ Self.longestLiteral
        while end < bound, !Self.endsLine(text[end]), !text.has(ends, at: end) { end &+= 1 }
        state.charge(end &- start)
        if text[end] != 0, text[end &- 1] == UInt8(ascii: "\\") { end &-= 1 }
        end = max(text.start(of: .blank, before: end, limit: Self.longestLiteral), start)
        var value = start..<end
        if isQuoted {
            guard value.count > 2, text[end &- 1] == text[start] else { return }
            value = (start &+ 1)..<(end &- 1)
        }
        self.literal(rule, text, word, nameEnd: nameEnd, in: nameStart..<end, value: value, &state)
    }

    /// `${DB_PASSWORD:-…}` and `{{ db_password | default("…") }}`: what a template takes where nothing else is said.
    func literalDefault(_ text: ByteText, _ word: Range<Int>, nameEnd: Int, _ state: inout ScanState) {
        guard let rule = self.rule(.secretAssignment) else { return }
        if text[nameEnd] == UInt8(ascii: ":"), text[nameEnd &+ 1] == UInt8(ascii: "-") || text[nameEnd &+ 1] == UInt8(ascii: "=")
        {
            let nameStart = text.start(of: .word, before: word.lowerBound, limit: 64)
            guard text[nameStart &- 1] == UInt8(ascii: "{"), text[nameStart &- 2] == UInt8(ascii: "$") else { return }
            let start = nameEnd &+ 2
            var end = start
            let bound = start &+ Self.longestLiteral
            while end < bound, text[end] != UInt8(ascii: "}"), !Self.isQuote(text[end]), !Self.endsLine(text[end]) { end &+= 1 }
            state.charge(end &- start)
            guard text[end] == UInt8(ascii: "}") else { return }
            self.literal(rule, text, word, nameEnd: nameEnd, in: (nameStart &- 2)..<(end &+ 1), value: start..<end, &state)
            return
        }
        var offset = text.end(of: .blank, from: nameEnd, limit: 16)
        guard text[offset] == UInt8(ascii: "|") else { return }
        offset = text.end(of: .blank, from: offset &+ 1, limit: 16)
        guard text.matchesFolded("default", at: offset) else { return }
        offset = text.end(of: .blank, from: offset &+ 7, limit: 16)
        if text[offset] == UInt8(ascii: "(") { offset = text.end(of: .blank, from: offset &+ 1, limit: 16) }
        guard Self.isQuote(text[offset]) else { return }
        let start = offset &+ 1
        var end = start
        let bound = start &+ Self.longestLiteral
        while end < bound, text[end] != text[offset], !Self.endsLine(text[end]) { end &+= 1 }
        state.charge(end &- start)
        guard text[end] == text[offset] else { return }
        self.literal(rule, text, word, nameEnd: nameEnd, in: word.lowerBound..<(end &+ 1), value: start..<end, &state)
    }

    private func literal(
        _ rule: Int, _ text: ByteText, _ word: Range<Int>, nameEnd: Int, in whole: Range<Int>, value: Range<Int>,
        _ state: inout ScanState
    ) {
        // A path leads to a secret and is none.
        guard !value.isEmpty, text[value.lowerBound] != UInt8(ascii: "/"), !ValueFilter.isHarmless(text, value) else { return }
        let isDoubtful = KeywordFilter.isDoubtful(text, word: word, nameEnd: nameEnd, value: value)
        self.report(rule, text, whole: whole, secret: value, confidence: isDoubtful ? .low : nil, &state)
    }

    /// Whether the line around an offset begins with `ENV` or `ARG`; lines that end with a backslash are one with the next. What lies
    /// between two words on a line is looked through once.
    private static func isInstruction(_ text: ByteText, _ offset: Int, _ state: inout ScanState) -> Bool {
        let seen = state.progress.lineEnd
        if offset < seen { return state.progress.isInstruction }
        var start = offset
        let floor = max(seen, offset &- self.longestLine)
        while start > floor, !self.endsLine(text[start &- 1]) || self.isJoined(text, start &- 1) { start &-= 1 }
        state.charge(offset &- start)
        state.progress.lineEnd = offset
        // The line goes on on which the last word stood.
        if start == seen, seen > 0 { return state.progress.isInstruction }
        let first = text.end(of: .blank, from: start, limit: 16)
        let isNamed = text.matches("ENV", at: first) || text.matches("ARG", at: first)
        let begins = start == 0 ? state.progress.origin == 0 : self.endsLine(text[start &- 1])
        state.progress.isInstruction = begins && isNamed && text.has(.blank, at: first &+ 3)
        return state.progress.isInstruction
    }

    /// Whether a line end, of one byte or two, has a backslash before it.
    private static func isJoined(_ text: ByteText, _ offset: Int) -> Bool {
        let before = text[offset] == 10 && text[offset &- 1] == 13 ? offset &- 2 : offset &- 1
        return text[before] == UInt8(ascii: "\\")
    }
}
