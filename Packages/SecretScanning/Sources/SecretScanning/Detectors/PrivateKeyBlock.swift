/// Private keys in their textual forms: a whole block if its body is there, else only the words that announce one.
extension ScanTables {
    private static let classicKinds: [StaticString] = [
        "BEGIN DSA ", "BEGIN EC ", "BEGIN OPENSSH ", "BEGIN RSA ", "BEGIN SSH2 ENCRYPTED ",
    ]
    private static let longestBlock = 16_384

    func privateKey(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        if text.matches("PuTTY-User-Key-File-", at: hit.lowerBound) {
            guard let rule = self.rule(.privateKey), text[hit.upperBound] == 0x32 || text[hit.upperBound] == 0x33 else { return }
            self.block(rule, text, hit.lowerBound, bodyStart: hit.upperBound &+ 1, "Private-MAC:", &state)
            return
        }
        guard text.matches("PRIVATE KEY", at: hit.lowerBound) else { return }
        var detector = Detector.privateKey
        var start = hit.lowerBound &- 6
        var end = hit.upperBound
        if text.matches("BEGIN ENCRYPTED ", at: hit.lowerBound &- 16) {
            (detector, start) = (.encryptedPrivateKey, hit.lowerBound &- 16)
        } else if text.matches("BEGIN PGP ", at: hit.lowerBound &- 10) {
            guard text.matches(" BLOCK", at: end) else { return }
            (start, end) = (hit.lowerBound &- 10, end &+ 6)
        } else if !text.matches("BEGIN ", at: start) {
            let kind = Self.classicKinds.first { text.matches($0, at: hit.lowerBound &- $0.utf8CodeUnitCount) }
            guard let kind else { return }
            start = hit.lowerBound &- kind.utf8CodeUnitCount
        }
        guard let rule = self.rule(detector) else { return }
        if text.matches("-----", at: end), text.matches("-----", at: start &- 5) {
            self.block(rule, text, start &- 5, bodyStart: end &+ 5, "-----END", &state)
        } else if text.matches("---- ", at: start &- 5), text.matches(" ----", at: end) {
            self.block(rule, text, start &- 5, bodyStart: end &+ 5, "---- END", &state)
        } else {
            self.report(rule, text, whole: start..<end, secret: start..<end, confidence: .low, &state)
        }
    }

    /// Reports the block whose body begins at an offset, or only its first line if there is no body worth the name.
    private func block(
        _ rule: Int, _ text: ByteText, _ start: Int, bodyStart: Int, _ closing: StaticString, _ state: inout ScanState
    ) {
        var (offset, digits) = (bodyStart, 0)
        let bound = bodyStart &+ Self.longestBlock
        while offset < bound, text[offset] != 0 {
            let byte = text[offset]
            if byte == closing.utf8Start[0], text.matches(closing, at: offset) { break }
            if byte == UInt8(ascii: "-"), text[offset &+ 1] == UInt8(ascii: "-") { break }
            let isBody = text.has([.base64, .equals, .blank, .dash, .dot, .underscore, .reserved], at: offset)
            guard isBody || (9...13).contains(byte) || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "<") else { break }
            if text.has(.base64, at: offset) { digits &+= 1 }
            offset &+= 1
        }
        state.charge(offset &- bodyStart)
        guard digits >= 64 else {
            // Of the newer form of PuTTY the older system knows nothing, and its first line alone is no secret.
            if text.matches("PuTTY-User-Key-File-3", at: start) { return }
            self.report(rule, text, whole: start..<bodyStart, secret: start..<bodyStart, confidence: .low, &state)
            return
        }
        if text.matches(closing, at: offset) {
            offset &+= closing.utf8CodeUnitCount
            // The rest of the closing line, or the code behind `Private-MAC:`.
            offset = text.end(of: [.alnum, .blank, .dash], from: offset, limit: 80)
        }
        self.report(rule, text, whole: start..<offset, secret: start..<offset, &state)
    }
}
