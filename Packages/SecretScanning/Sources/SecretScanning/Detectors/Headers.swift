/// Credentials that HTTP and configuration files carry in a fixed place.
extension ScanTables {
    private static let credential: Atoms = [.token, .dot, .tilde, .plusOrSlash, .equals]

    /// `Authorization: Bearer …`, `Basic …`, `Token …`, and `X-Api-Key: …`.
    func authorizationHeader(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.authorizationHeader) else { return }
        var offset = hit.upperBound
        if Self.isQuote(text[offset]) { offset &+= 1 }
        offset = text.end(of: .blank, from: offset, limit: 8)
        guard text[offset] == UInt8(ascii: ":") || text[offset] == UInt8(ascii: "=") else { return }
        offset = text.end(of: .blank, from: offset &+ 1, limit: 8)
        if Self.isQuote(text[offset]) { offset &+= 1 }
        let schemes: [StaticString] = ["bearer ", "basic ", "token ", "apikey "]
        let scheme = schemes.first { text.matchesFolded($0, at: offset) }
        if let scheme { offset &+= scheme.utf8CodeUnitCount }
        guard scheme != nil || text.matchesFolded("x-api-key", at: hit.lowerBound) else { return }
        let end = text.end(of: Self.credential, from: offset, limit: 2_048)
        state.charge(end &- offset &+ 32)
        let value = offset..<end
        guard value.count >= 10 else { return }
        if scheme?.utf8CodeUnitCount == 6 {
            var decoded: [UInt8] = []
            Base64.decode(text, value, into: &decoded)
            guard decoded.contains(UInt8(ascii: ":")), decoded.allSatisfy({ $0 >= 0x20 }) else { return }
        } else if !value.contains(where: { text.has(.digit, at: $0) }) || Entropy.bits(text, value) < 3 {
            return
        }
        self.report(rule, text, whole: hit.lowerBound..<end, secret: value, &state)
    }

    /// `Cookie: session=…`
    func cookieHeader(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.cookieHeader), hit.lowerBound >= state.progress.cookieEnd else { return }
        var offset = hit.upperBound
        let bound = offset &+ 512
        while offset < bound, !Self.endsLine(text[offset]), !Self.isQuote(text[offset]) {
            if text.matchesFolded("sess", at: offset) || text.matchesFolded("sid=", at: offset) {
                let nameEnd = text.end(of: [.token, .dot], from: offset, limit: 32)
                if text[nameEnd] == UInt8(ascii: "=") {
                    let end = text.end(of: [Self.credential, .percent], from: nameEnd &+ 1, limit: 1_024)
                    let value = (nameEnd &+ 1)..<end
                    if value.count >= 16, Entropy.bits(text, value) >= 3 {
                        self.report(rule, text, whole: hit.lowerBound..<end, secret: value, &state)
                    }
                    break
                }
            }
            offset &+= 1
        }
        state.progress.cookieEnd = offset
        state.charge(offset &- hit.upperBound)
    }

    /// `Endpoint=…;SharedAccessKey=…` and `…;Secret=…`
    func connectionString(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.connectionString) else { return }
        let end = text.end(of: [.base64, .equals, .percent], from: hit.upperBound, limit: 128)
        state.charge(end &- hit.upperBound &+ 128)
        guard (30...100).contains(end &- hit.upperBound) else { return }
        let lineStart = max(hit.lowerBound &- 300, 0)
        guard text.containsFolded("endpoint=", in: lineStart..<hit.lowerBound) else { return }
        self.report(rule, text, whole: hit.lowerBound..<end, secret: hit.upperBound..<end, &state)
    }

    /// `…?sv=…&sig=…` with the percent-coded base64 of 32 bytes.
    func sharedAccessSignature(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.sasURL) else { return }
        let before = text[hit.lowerBound &- 1]
        guard before == UInt8(ascii: "?") || before == UInt8(ascii: "&") || before == UInt8(ascii: ";") else { return }
        let end = text.end(of: [.base64, .equals, .percent], from: hit.upperBound, limit: 100)
        guard (43...90).contains(end &- hit.upperBound) else { return }
        let urlStart = text.start(
            of: [.word, .dash, .dot, .reserved, .equals, .plusOrSlash, .percent], before: hit.lowerBound, limit: 400)
        state.charge(end &- urlStart)
        let rest = text.end(of: [.word, .dash, .dot, .reserved, .equals, .plusOrSlash, .percent], from: end, limit: 400)
        guard
            text.containsFolded("sv=20", in: urlStart..<hit.lowerBound) || text.containsFolded("sv=20", in: end..<max(rest, end))
        else {
            return
        }
        self.report(rule, text, whole: hit.lowerBound..<end, secret: hit.upperBound..<end, &state)
    }

    /// `"auth": "…"` in a registry configuration: base64 of user and password.
    func dockerAuth(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.dockerAuth) else { return }
        if text[hit.lowerBound] == UInt8(ascii: "_") {
            // `_auth=…` in the configuration of a package client.
            let end = text.end(of: [.base64, .equals], from: hit.upperBound, limit: 1_024)
            self.userAndPassword(rule, text, hit, hit.upperBound..<end, &state)
            return
        }
        guard Self.isQuote(text[hit.lowerBound &- 1]) else { return }
        var offset = text.end(of: .blank, from: hit.upperBound, limit: 8)
        guard text[offset] == UInt8(ascii: ":") else { return }
        offset = text.end(of: .blank, from: offset &+ 1, limit: 8)
        guard Self.isQuote(text[offset]) else { return }
        let start = offset &+ 1
        let end = text.end(of: [.base64, .equals], from: start, limit: 1_024)
        guard text[end] == text[offset] else { return }
        self.userAndPassword(rule, text, hit, start..<end, &state)
    }

    private func userAndPassword(_ rule: Int, _ text: ByteText, _ hit: Range<Int>, _ value: Range<Int>, _ state: inout ScanState)
    {
        state.charge(value.count)
        guard value.count >= 12 else { return }
        var decoded: [UInt8] = []
        Base64.decode(text, value, into: &decoded)
        guard decoded.contains(UInt8(ascii: ":")), decoded.allSatisfy({ $0 >= 0x20 }) else { return }
        self.report(rule, text, whole: hit.lowerBound..<value.upperBound, secret: value, &state)
    }

    /// `curl -u user:secret …`, also `--user`, in one line.
    func curlUser(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.curlUser), hit.lowerBound >= state.progress.curlEnd else { return }
        var offset = hit.upperBound &- 1
        let bound = offset &+ 400
        while offset < bound, !Self.endsLine(text[offset]) {
            var start = offset
            if text.matches(" -u ", at: offset) { start &+= 4 } else if text.matches(" --user ", at: offset) { start &+= 8 }
            if start > offset {
                let quote = text[start]
                if Self.isQuote(quote) { start &+= 1 }
                let printable: Atoms = [.word, .dash, .dot, .plusOrSlash, .equals, .tilde, .percent, .reserved, .other]
                var colon = start
                while colon &- start < 128,
                    text.has([.word, .dash, .dot, .percent], at: colon) || text[colon] == UInt8(ascii: "@")
                {
                    colon &+= 1
                }
                var end = text.end(of: printable, from: colon &+ 1, limit: 200)
                if Self.isQuote(quote) {
                    // Inside quotes blanks belong to it.
                    end = colon
                    while end &- colon < 200, !Self.endsLine(text[end]), text[end] != quote { end &+= 1 }
                }
                while end > colon, "`'\",)".utf8.contains(text[end &- 1]) { end &-= 1 }
                if text[colon] == UInt8(ascii: ":"), end &- colon >= 5, text[colon &+ 1] != UInt8(ascii: "$") {
                    self.report(rule, text, whole: hit.lowerBound..<end, secret: (colon &+ 1)..<end, &state)
                }
                break
            }
            offset &+= 1
        }
        state.progress.curlEnd = offset
        state.charge(offset &- hit.upperBound)
    }

    /// A product's name, at most 40 bytes on an operator, and a value of that product's length: tokens without a sign of their own.
    func contextual(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.contextual) else { return }
        if text.matchesFolded("machine ", at: hit.lowerBound) {
            self.netrc(rule, text, hit, &state)
            return
        }
        var offset = hit.upperBound
        let bound = offset &+ 40
        state.charge(64)
        while offset < bound, text[offset] != UInt8(ascii: "="), text[offset] != UInt8(ascii: ":") {
            if Self.endsLine(text[offset]) { return }
            offset &+= 1
        }
        guard offset < bound else { return }
        offset = text.end(of: .blank, from: offset &+ 1, limit: 8)
        if Self.isQuote(text[offset]) { offset &+= 1 }
        let end = text.end(of: [.token, .dot], from: offset, limit: 80)
        let value = offset..<end
        let isHex = value.allSatisfy { text.has([.digit, .lowerHex], at: $0) }
        let fits: Bool
        switch ByteText.folded(text[hit.lowerBound]) {
        case UInt8(ascii: "a"):
            self.asanaToken(rule, text, hit.lowerBound, offset, &state)
            return
        case UInt8(ascii: "m"): fits = value.count == 36 && text.matches("key-", at: offset)
        case UInt8(ascii: "d"): fits = isHex && (value.count == 32 || value.count == 40)
        case UInt8(ascii: "h"), UInt8(ascii: "p"):
            fits =
                value.count == 36 && value.allSatisfy { text.has([.hex, .dash], at: $0) }
                && text[offset &+ 8] == UInt8(ascii: "-")
        case UInt8(ascii: "v"): fits = value.count == 26 && text.matches("s.", at: offset)
        default: fits = isHex && value.count == 40
        }
        if fits { self.report(rule, text, whole: hit.lowerBound..<end, secret: value, &state) }
    }

    /// `1/1200000000000000:` and 32 hexadecimal digits; newer ones have `2/` and two numbers.
    private func asanaToken(_ rule: Int, _ text: ByteText, _ start: Int, _ value: Int, _ state: inout ScanState) {
        guard text[value] == UInt8(ascii: "1") || text[value] == UInt8(ascii: "2"), text[value &+ 1] == UInt8(ascii: "/") else {
            return
        }
        var offset = text.end(of: .digit, from: value &+ 2, limit: 20)
        if text[offset] == UInt8(ascii: "/") { offset = text.end(of: .digit, from: offset &+ 1, limit: 20) }
        let end = text.end(of: .hex, from: offset &+ 1, limit: 33)
        guard text[offset] == UInt8(ascii: ":"), end &- offset == 33 else { return }
        self.report(rule, text, whole: start..<end, secret: value..<end, &state)
    }

    /// `machine HOST login USER password SECRET`
    private func netrc(_ rule: Int, _ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        var offset = hit.upperBound
        var words = 0
        let bound = offset &+ 512
        let printable: Atoms = [.word, .dash, .dot, .plusOrSlash, .equals, .tilde, .percent, .reserved, .other]
        let hostEnd = text.end(of: printable, from: hit.upperBound, limit: 200)
        let isExample = text.containsFolded("example.", in: hit.upperBound..<hostEnd)
        while words < 6, offset < bound {
            let end = text.end(of: printable, from: offset, limit: 200)
            guard end > offset else { break }
            if text.matches("password", at: offset), end &- offset == 8, words >= 1 {
                let start = text.end(of: .blank, from: end, limit: 8)
                var stop = text.end(of: printable, from: start, limit: 200)
                // In prose and code the line may be quoted.
                while stop > start, "`'\",".utf8.contains(text[stop &- 1]) { stop &-= 1 }
                if start > end, stop &- start >= 4 {
                    self.report(
                        rule, text, whole: hit.lowerBound..<stop, secret: start..<stop, confidence: isExample ? .low : nil, &state
                    )
                }
                break
            }
            words += 1
            offset = end
            while offset < bound, text.has(.blank, at: offset) || (10...13).contains(text[offset]) { offset &+= 1 }
        }
        state.charge(offset &- hit.upperBound)
    }
}
