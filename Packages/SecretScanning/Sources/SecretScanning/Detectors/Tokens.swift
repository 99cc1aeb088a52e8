/// Tokens whose only sign is a dot, a colon or two letters.
extension ScanTables {
    /// `[MNO]` and 23 to 25, a dot, 6, a dot, 27: at the first dot.
    func discordToken(_ text: ByteText, _ dot: Int, _ state: inout ScanState) {
        guard text[dot &+ 7] == UInt8(ascii: "."), let rule = self.rule(.discord),
            text.end(of: .token, from: dot &+ 1, limit: 6) == dot &+ 7
        else { return }
        let end = text.end(of: .token, from: dot &+ 8, limit: 27)
        let runStart = text.start(of: .token, before: dot, limit: 26)
        state.charge(60)
        guard end == dot &+ 35,
            let start = [26, 25, 24].lazy.map({ dot - $0 }).first(where: { start in
                start >= runStart && (UInt8(ascii: "M")...UInt8(ascii: "O")).contains(text[start])
            })
        else { return }
        self.report(rule, text, whole: start..<end, secret: start..<end, &state)
    }

    /// 8 to 10 digits, a colon, 35: at the colon.
    func telegramToken(_ text: ByteText, _ colon: Int, _ state: inout ScanState) {
        guard text.has(.digit, at: colon &- 1), let rule = self.rule(.telegram) else { return }
        let start = text.start(of: .digit, before: colon, limit: 10)
        let end = text.end(of: .token, from: colon &+ 1, limit: 37)
        state.charge(48)
        guard colon &- start >= 8, end >= colon &+ 36 else { return }
        // The older system looks at nothing around; a real one stands alone.
        let isAlone = end == colon &+ 36 && !text.has(.token, at: start &- 1) && text[start &- 1] != UInt8(ascii: ":")
        let isUsual = isAlone && text.matches("AA", at: colon &+ 1)
        let token = start..<(colon &+ 36)
        self.report(rule, text, whole: token, secret: token, confidence: isUsual ? .high : .low, &state)
    }

    /// `AKC` and 10 or more, or `AP`, a hexadecimal digit and more, between blanks, quotes and the like.
    func artifactory(_ text: ByteText, _ start: Int, _ state: inout ScanState) {
        guard let rule = self.rule(.artifactory) else { return }
        let before = text[start &- 1]
        guard
            before == 0 || Self.endsLine(before) || text.has([.blank, .equals], at: start &- 1) || before == UInt8(ascii: ":")
                || before == UInt8(ascii: "\"")
        else { return }
        let end = text.end(of: .alnum, from: start, limit: 512)
        state.charge(end &- start)
        let after = text[end]
        guard Self.endsLine(after) || text.has(.blank, at: end) || after == UInt8(ascii: "\"") else { return }
        if text.matches("AKC", at: start) {
            guard end &- start >= 13 else { return }
        } else {
            guard text.matches("AP", at: start), text.has([.digit, .upperHex], at: start &+ 2), end &- start >= 11 else { return }
        }
        // What the older system takes is short enough for words in capitals; the keys that are made today have a form.
        let token = start..<end
        let isStrict = token.count == 73 && text.matches("AKCp", at: start)
        let isLong =
            token.count >= 40 && token.contains { text.has(.digit, at: $0) } && token.contains { text.has(.lower, at: $0) }
        self.report(
            rule, text, whole: token, secret: token, confidence: isStrict ? .high : isLong ? .medium : .low, &state)
    }

    /// `xox` and a letter, groups of digits with dashes, a tail; in either case.
    func slackToken(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.slackToken) else { return }
        var offset = hit.upperBound
        var groups = 0
        while true {
            let end = text.end(of: .digit, from: offset, limit: 32)
            guard end > offset, text[end] == UInt8(ascii: "-") else { break }
            groups += 1
            offset = end &+ 1
        }
        let end = text.end(of: .alnum, from: offset, limit: 128)
        state.charge(end &- hit.lowerBound)
        guard groups > 0, end > offset else { return }
        self.report(rule, text, whole: hit.lowerBound..<end, secret: hit.lowerBound..<end, &state)
    }

    /// `aws`, a word for a key nearby, and a quoted or lone run of exactly 40.
    func awsSecret(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard self.rule(.awsSecret) != nil || self.rule(.awsSecretBare) != nil else { return }
        // A run of 40 that may begin 3 to 49 bytes on covers one of these places.
        guard
            text.end(of: .base64, from: hit.upperBound &+ 25, limit: 17) == hit.upperBound &+ 42
                || text.end(of: .base64, from: hit.upperBound &+ 49, limit: 16) == hit.upperBound &+ 65
        else { return }
        let nameBound = hit.upperBound &+ 20
        var offset = hit.upperBound
        var wordEnds: (first: Int, last: Int)?
        while offset <= nameBound, !Self.endsLine(text[offset]) {
            if let word = Self.wordForKey(text, offset) {
                let end = offset &+ word.utf8CodeUnitCount
                wordEnds = (wordEnds?.first ?? end, end)
            }
            offset &+= 1
        }
        state.charge(40)
        guard let wordEnds, !self.awsValue(text, hit.lowerBound, behind: wordEnds.first, &state) else { return }
        if wordEnds.last > wordEnds.first { _ = self.awsValue(text, hit.lowerBound, behind: wordEnds.last, &state) }
    }

    /// The id of a key, and within five lines a lone run of exactly 40 that looks random: its secret.
    func awsPair(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.awsSecretBare), hit.lowerBound >= state.progress.pairEnd,
            text.matches("AKIA", at: hit.lowerBound) || text.matches("ASIA", at: hit.lowerBound),
            text.end(of: .base32, from: hit.upperBound, limit: 17) == hit.upperBound &+ 16
        else { return }
        var (offset, lines) = (hit.upperBound &+ 16, 0)
        let bound = offset &+ 400
        while offset < bound, lines < 5 {
            let byte = text[offset]
            if byte == 10 { lines &+= 1 }
            if byte == 0 { break }
            guard text.has(.base64, at: offset) else {
                offset &+= 1
                continue
            }
            let end = text.end(of: .base64, from: offset, limit: 64)
            let value = offset..<end
            if value.count == 40, !text.has([.equals, .dash, .underscore], at: end),
                !text.has([.dash, .underscore], at: offset &- 1),
                !value.allSatisfy({ text.has(.hex, at: $0) }), Entropy.bits(text, value) >= 4.2
            {
                self.report(rule, text, whole: hit.lowerBound..<end, secret: value, &state)
                break
            }
            offset = end
        }
        state.progress.pairEnd = offset
        state.charge(offset &- hit.upperBound)
    }

    /// Looks for a run of exactly 40 that begins within 20 bytes, and tells whether there is one.
    private func awsValue(_ text: ByteText, _ start: Int, behind wordEnd: Int, _ state: inout ScanState) -> Bool {
        var offset = wordEnd
        while offset <= wordEnd &+ 20, !Self.endsLine(text[offset]) {
            let isQuoted = Self.isQuote(text[offset])
            guard isQuoted || text[offset] == UInt8(ascii: "=") || text.has(.blank, at: offset) else {
                offset &+= 1
                continue
            }
            let valueStart = offset &+ 1
            let end = text.end(of: .base64, from: valueStart, limit: 41)
            guard end &- valueStart == 40, !text.has(.equals, at: end) else {
                offset &+= 1
                continue
            }
            let value = valueStart..<end
            let isRandom = Entropy.bits(text, value) >= 4 && !value.allSatisfy { text.has(.hex, at: $0) }
            if isQuoted, text[end] == text[offset], let rule = self.rule(.awsSecret) {
                self.report(rule, text, whole: start..<end, secret: value, confidence: isRandom ? .high : .low, &state)
            } else if isRandom, let rule = self.rule(.awsSecretBare) {
                self.report(rule, text, whole: start..<end, secret: value, &state)
            }
            return true
        }
        return false
    }

    /// The word for a key that begins at an offset; the longest of them first.
    private static func wordForKey(_ text: ByteText, _ offset: Int) -> StaticString? {
        let words: [StaticString]
        switch ByteText.folded(text[offset]) {
        case UInt8(ascii: "k"): words = self.wordsInK
        case UInt8(ascii: "p"): words = self.wordsInP
        case UInt8(ascii: "t"): words = self.wordsInT
        default: return nil
        }
        return words.first { text.matchesFolded($0, at: offset) }
    }

    private static let wordsInK: [StaticString] = ["key"]
    private static let wordsInP: [StaticString] = ["password", "pass", "pwd", "pw"]
    private static let wordsInT: [StaticString] = ["token"]
}
