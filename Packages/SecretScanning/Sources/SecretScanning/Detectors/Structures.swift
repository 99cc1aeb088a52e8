/// Secrets that are known by the object they stand in: Kubernetes secrets, accounts of Google's services.
extension ScanTables {
    private static let reachBack = 2_000
    private static let reach = 16_000

    /// `kind: Secret` in YAML or `"kind": "Secret"` in JSON: each value under `data` and `stringData` of the same object.
    func kubernetesSecret(_ text: ByteText, _ start: Int, _ state: inout ScanState) {
        guard let rule = self.rule(.kubernetesSecret), start >= state.progress.kubernetesEnd else { return }
        if text[start] == UInt8(ascii: "\"") {
            var offset = text.end(of: .blank, from: start &+ 6, limit: 8)
            guard text[offset] == UInt8(ascii: ":") else { return }
            offset = text.end(of: .blank, from: offset &+ 1, limit: 8)
            if text.matches("\"Secret\"", at: offset) { self.kubernetesJSON(rule, text, start, &state) }
            return
        }
        guard text.matches("kind: Secret", at: start), Self.endsLine(text[text.end(of: .blank, from: start &+ 12, limit: 64)])
        else {
            return
        }
        // The object's own keys all stand in the column of this one; `- kind:` begins an element of a list.
        var lineStart = start
        while start &- lineStart < 64, !Self.endsLine(text[lineStart &- 1]) { lineStart &-= 1 }
        guard (lineStart..<start).allSatisfy({ text.has([.blank, .dash], at: $0) }) else { return }
        let column = start &- lineStart
        let floor = max(start &- Self.reachBack, state.progress.kubernetesEnd)
        var first = lineStart
        while first > floor, !Self.beginsObject(text, first, column: column) {
            first &-= 1
            while first > floor, text[first &- 1] != 10 { first &-= 1 }
        }
        var end = start
        let bound = min(start &+ Self.reach, text.count)
        repeat {
            while end < bound, text[end] != 10 { end &+= 1 }
            end &+= 1
        } while end < bound && !Self.beginsObject(text, end, column: column)
        end = min(end, bound)
        state.progress.kubernetesEnd = max(end, start)
        state.charge(max(end &- first, 0))
        self.kubernetesLines(rule, text, first..<max(first, end), column: column, &state)
    }

    /// Whether a line begins another object: a new document, or an element of the list that the object is in.
    private static func beginsObject(_ text: ByteText, _ lineStart: Int, column: Int) -> Bool {
        if text.matches("---", at: lineStart) { return true }
        guard column >= 2, text[lineStart &+ column &- 2] == UInt8(ascii: "-") else { return false }
        return text.end(of: .blank, from: lineStart, limit: column) == lineStart &+ column &- 2
    }

    private func kubernetesLines(_ rule: Int, _ text: ByteText, _ range: Range<Int>, column: Int, _ state: inout ScanState) {
        var offset = range.lowerBound
        var (isInside, isEncoded) = (false, false)
        while offset < range.upperBound {
            let keyStart = text.end(of: [.blank, .dash], from: offset, limit: 64)
            let keyEnd = text.end(of: [.token, .dot], from: keyStart, limit: 256)
            if keyEnd > keyStart, text[keyEnd] == UInt8(ascii: ":") {
                if keyStart &- offset <= column {
                    let isHere = keyStart &- offset == column
                    isEncoded = isHere && keyEnd &- keyStart == 4 && text.matches("data", at: keyStart)
                    isInside = isEncoded || isHere && keyEnd &- keyStart == 10 && text.matches("stringData", at: keyStart)
                } else if isInside {
                    var start = text.end(of: .blank, from: keyEnd &+ 1, limit: 64)
                    let quote = text[start]
                    if Self.isQuote(quote) { start &+= 1 }
                    var end = start
                    while end &- start < 8_192, !Self.endsLine(text[end]), !Self.isQuote(quote) || text[end] != quote {
                        end &+= 1
                    }
                    while end > start, text.has(.blank, at: end &- 1) { end &-= 1 }
                    self.kubernetesValue(rule, text, start..<end, isEncoded: isEncoded, &state)
                }
            }
            while offset < range.upperBound, text[offset] != 10 { offset &+= 1 }
            offset &+= 1
        }
    }

    private func kubernetesJSON(_ rule: Int, _ text: ByteText, _ start: Int, _ state: inout ScanState) {
        let first = max(start &- Self.reachBack, state.progress.kubernetesEnd)
        let end = min(start &+ Self.reach, text.count)
        guard first < end else { return }
        let isEncoded = text.firstIndex(of: "\"data\"", in: first..<end)
        guard let key = isEncoded ?? text.firstIndex(of: "\"stringData\"", in: first..<end) else {
            state.progress.kubernetesEnd = end
            state.charge((end &- first) &* 2)
            return
        }
        // Strings in turn are keys and values, until the object ends.
        var offset = key &+ (isEncoded == nil ? 12 : 6)
        var isKey = true
        while offset < end, text[offset] != UInt8(ascii: "}"), text[offset] != UInt8(ascii: "]") {
            guard text[offset] == UInt8(ascii: "\"") else {
                offset &+= 1
                continue
            }
            let inside = offset &+ 1
            offset = inside
            while offset < end, text[offset] != UInt8(ascii: "\"") { offset &+= text[offset] == UInt8(ascii: "\\") ? 2 : 1 }
            if !isKey, offset < end {
                self.kubernetesValue(rule, text, inside..<offset, isEncoded: isEncoded != nil, &state)
            }
            isKey.toggle()
            offset &+= 1
        }
        state.progress.kubernetesEnd = max(offset, start &+ 6)
        state.charge(max(offset &- first, 0))
    }

    private func kubernetesValue(_ rule: Int, _ text: ByteText, _ value: Range<Int>, isEncoded: Bool, _ state: inout ScanState) {
        guard value.count >= 4 else { return }
        if !isEncoded {
            self.report(rule, text, whole: value, secret: value, &state)
            return
        }
        guard value.count % 4 == 0, value.allSatisfy({ text.has([.base64, .equals], at: $0) }) else { return }
        var decoded: [UInt8] = []
        Base64.decode(text, value, into: &decoded)
        let isPlaceholder = decoded.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return true }
            return ValueFilter.isPlaceholder(ByteText(base: base, count: bytes.count, atoms: text.atoms), 0..<bytes.count)
        }
        self.report(rule, text, whole: value, secret: value, confidence: isPlaceholder ? .low : nil, &state)
    }

    /// `"type": "service_account"` with the private key of the same object.
    func serviceAccount(_ text: ByteText, _ hit: Range<Int>, _ state: inout ScanState) {
        guard let rule = self.rule(.serviceAccount), hit.lowerBound >= state.progress.accountEnd else { return }
        let range = max(hit.lowerBound &- Self.reachBack, state.progress.accountEnd)..<min(hit.upperBound &+ 6_000, text.count)
        guard !range.isEmpty else { return }
        state.charge(range.count &* 2)
        state.progress.accountEnd = range.upperBound
        guard let name = text.firstIndex(of: "\"private_key\"", in: range) else { return }
        var start = text.end(of: .blank, from: name &+ 13, limit: 8)
        guard text[start] == UInt8(ascii: ":") else { return }
        start = text.end(of: .blank, from: start &+ 1, limit: 8) &+ 1
        guard text[start &- 1] == UInt8(ascii: "\""), text.matches("-----BEGIN ", at: start) else { return }
        var end = start
        while end &- start < 8_192, text[end] != UInt8(ascii: "\""), text[end] != 0 { end &+= 1 }
        state.charge(end &- start)
        guard text[end] == UInt8(ascii: "\""), end &- start >= 128 else { return }
        let isWhole = (["\"client_email\"", "\"auth_provider_x509_cert_url\"", "\"token_uri\""] as [StaticString]).contains {
            text.firstIndex(of: $0, in: range.lowerBound..<min(end &+ 2_000, text.count)) != nil
        }
        state.progress.accountEnd = max(end, hit.upperBound)
        self.report(rule, text, whole: start..<end, secret: start..<end, confidence: isWhole ? .high : .medium, &state)
    }
}
