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
        let end = text.end(of: .token, from: colon &+ 1, limit: 36)
        state.charge(48)
        guard colon &- start >= 8, end == colon &+ 36, !text.has(.token, at: start &- 1), text[start &- 1] != UInt8(ascii: ":")
        else {
            return
        }
        let isUsual = text.matches("AA", at: colon &+ 1)
        self.report(rule, text, whole: start..<end, secret: start..<end, confidence: isUsual ? .high : .low, &state)
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
        self.report(rule, text, whole: start..<end, secret: start..<end, &state)
    }

    /// `xox` and a letter, groups of digits with dashes, a tail; in either case.
    func slackToken(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.slackToken), !text.has(.alnum, at: hit.lowerBound &- 1) else { return }
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
        let nameBound = hit.upperBound &+ 20
        var offset = hit.upperBound
        var wordEnd: Int?
        while offset <= nameBound {
            let word: StaticString? = (["key", "pwd", "pw", "password", "pass", "token"] as [StaticString]).first {
                text.matchesFolded($0, at: offset)
            }
            if let word { wordEnd = offset &+ word.utf8CodeUnitCount }
            if Self.endsLine(text[offset]) { break }
            offset &+= 1
        }
        state.charge(120)
        guard let wordEnd else { return }
        offset = wordEnd
        while offset <= wordEnd &+ 20, !Self.endsLine(text[offset]) {
            let isOpen = Self.isQuote(text[offset]) || text[offset] == UInt8(ascii: "=") || text.has(.blank, at: offset)
            if isOpen, text.has(.base64, at: offset &+ 1) {
                let start = offset &+ 1
                let end = text.end(of: .base64, from: start, limit: 41)
                if end &- start == 40, !text.has(.equals, at: end) {
                    let value = start..<end
                    let isQuoted = Self.isQuote(text[offset]) && text[end] == text[offset]
                    let isRandom = Entropy.bits(text, value) >= 4 && !value.allSatisfy { text.has(.hex, at: $0) }
                    if isQuoted, let rule = self.rule(.awsSecret) {
                        self.report(
                            rule, text, whole: hit.lowerBound..<end, secret: value, confidence: isRandom ? .high : .low, &state)
                    } else if isRandom, let rule = self.rule(.awsSecretBare) {
                        self.report(rule, text, whole: hit.lowerBound..<end, secret: value, &state)
                    }
                    return
                }
            }
            offset &+= 1
        }
    }
}
