/// JSON: every string as what it means, together with the key it belongs to.
extension Scanner {
    /// Looks through the strings, keys and numbers of a JSON text; what is no JSON is looked through as plain text.
    ///
    /// Strings are unescaped first, and spans lead back to the bytes of the text, so that what they cover can be replaced without
    /// breaking the JSON. A value is looked at together with its key: `"password": "…"` is a find although neither is one alone.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - scratch: Memory to reuse.
    public func scanJSON(_ bytes: UnsafeRawBufferPointer, in scratch: inout ScanScratch) -> ScanReport {
        guard self.scanJSON(bytes, in: &scratch.state, keepsValues: false) else {
            return self.report(&scratch.state, keyPaths: nil)
        }
        guard let base = bytes.baseAddress, !scratch.state.found.isEmpty else {
            return ScanReport(findings: [], isComplete: scratch.state.isComplete)
        }
        let text = ByteText(
            base: base.assumingMemoryBound(to: UInt8.self), count: bytes.count, atoms: self.tables.atoms)
        let paths = KeyPaths.paths(to: scratch.state.found.map(\.secret.lowerBound), in: text)
        return self.report(&scratch.state) { paths[$0] ?? "" }
    }

    /// Looks through the strings, keys and numbers of a JSON text.
    public func scanJSON(_ bytes: [UInt8]) -> ScanReport {
        var scratch = ScanScratch()
        return bytes.withUnsafeBytes { self.scanJSON($0, in: &scratch) }
    }

    /// - Returns: Whether it was JSON.
    func scanJSON(_ bytes: UnsafeRawBufferPointer, in state: inout ScanState, keepsValues: Bool) -> Bool {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            self.begin(&state, byteCount: 0, keepsValues: keepsValues)
            return false
        }
        self.begin(&state, byteCount: bytes.count, keepsValues: keepsValues)
        let text = ByteText(base: base.assumingMemoryBound(to: UInt8.self), count: bytes.count, atoms: self.tables.atoms)
        var strings = JSONStrings(text)
        var (key, lastKey): (Range<Int>?, Range<Int>?) = (nil, nil)
        // The key of the object around, if a value may stand in it under a name of its own: `"password": {"value": "…"}`.
        var (outerKey, outerDepth, depth): (Range<Int>?, Int, Int) = (nil, 0, 0)
        var outerEndsInWord = false
        var isBeyondOlder = false
        // How far the looks at whole objects have come.
        var outer = ScanState.Progress()
        while state.isComplete, let token = strings.next() {
            switch token {
            case .key(let range, let hasEscapes):
                state.keyHasContext = false
                state.keyEndsInWord = false
                state.isKey = true
                self.scanString(text, range, hasEscapes, &state)
                state.isKey = false
                key = state.keyHasContext ? range : nil
                isBeyondOlder = key == nil && outerKey != nil && depth == outerDepth && Self.isValueName(text, range)
                if isBeyondOlder { (key, state.keyEndsInWord) = (outerKey, outerEndsInWord) }
                lastKey = range
            case .string(let range, let hasEscapes):
                self.scanString(text, range, hasEscapes, &state)
                if let key {
                    state.isBeyondOlder = isBeyondOlder
                    self.scanKeyed(text, key, range, &state)
                    state.isBeyondOlder = false
                }
                if let lastKey { self.scanObject(text, lastKey, range, &outer, &state) }
            case .number(let range):
                if range.count >= 7 { self.scanString(text, range, false, &state) }
                if key != nil, state.keyEndsInWord { self.scanKeyedNumber(text, range, &state) }
            case .beginObject:
                depth &+= 1
                if key != nil { (outerKey, outerDepth, outerEndsInWord) = (key, depth, state.keyEndsInWord) }
                key = nil
            case .end:
                depth &-= 1
                if depth < outerDepth { outerKey = nil }
                key = nil
            case .beginArray:
                depth &+= 1
            case .comma, .literal: break
            }
        }
        // What is no JSON is text, and so is a single word or number that happens to be JSON.
        guard strings.isBroken else { return true }
        self.scan(bytes, in: &state, keepsValues: keepsValues)
        return false
    }

    /// Looks at the object around a key and value that tell its kind.
    private func scanObject(
        _ text: ByteText, _ key: Range<Int>, _ value: Range<Int>, _ progress: inout ScanState.Progress, _ state: inout ScanState
    ) {
        let isAccount = value.count == 15 && key.count == 4 && text.matches("service_account", at: value.lowerBound)
        let isSecret =
            value.count == 6 && key.count == 4 && text.matches("Secret", at: value.lowerBound)
            && text.matches("kind", at: key.lowerBound)
        guard isAccount || isSecret else { return }
        swap(&state.progress, &progress)
        state.frames.append(ScanState.Frame(kind: .source(0), layer: nil, outer: text))
        if isAccount {
            self.tables.serviceAccount(text, value, &state)
        } else {
            self.tables.kubernetesSecret(text, key.lowerBound - 1, &state)
        }
        state.frames.removeLast()
        swap(&state.progress, &progress)
    }

    private func scanString(_ text: ByteText, _ range: Range<Int>, _ hasEscapes: Bool, _ state: inout ScanState) {
        if range.count < 4 { return }
        if hasEscapes {
            self.tables.scanInner(.escapes(range), .json, text, &state) { buffer, _ in
                Unescaping.json.decode(text, range, into: &buffer)
            }
            return
        }
        state.frames.append(ScanState.Frame(kind: .source(range.lowerBound), layer: nil, outer: text))
        state.progress = ScanState.Progress()
        self.tables.scan(ByteText(base: text.base + range.lowerBound, count: range.count, atoms: text.atoms), &state)
        state.frames.removeLast()
    }

    /// Whether a key is one under which the value of the object around stands.
    private static func isValueName(_ text: ByteText, _ key: Range<Int>) -> Bool {
        let names: [StaticString] = ["value", "plaintext", "plain_text", "stringvalue"]
        return names.contains { key.count == $0.utf8CodeUnitCount && text.matchesFolded($0, at: key.lowerBound) }
    }

    /// Takes a whole number of six digits or more under a key that ends with a word such as `password`: shorter ones are ports,
    /// lengths and seconds.
    private func scanKeyedNumber(_ text: ByteText, _ range: Range<Int>, _ state: inout ScanState) {
        guard range.count >= 6, range.count <= 64, range.allSatisfy({ text.has(.digit, at: $0) }),
            let rule = self.tables.rule(.secretAssignment)
        else { return }
        state.frames.append(ScanState.Frame(kind: .source(range.lowerBound), layer: nil, outer: text))
        let number = ByteText(base: text.base + range.lowerBound, count: range.count, atoms: text.atoms)
        self.tables.report(rule, number, whole: 0..<range.count, secret: 0..<range.count, &state)
        state.frames.removeLast()
    }

    /// As much of a key as is looked at.
    private static let longestKey = 128

    /// Appends a quote and the end of a key as what it means, behind blanks where its escapes take more room than that.
    private static func appendKey(_ text: ByteText, _ key: Range<Int>, to buffer: inout [UInt8]) {
        let length = min(key.count, self.longestKey)
        // No escape takes more than six bytes for one.
        Unescaping.json.decode(text, key.suffix(self.longestKey * 6).startIndex..<key.upperBound, into: &buffer)
        if buffer.count > length { buffer.removeFirst(buffer.count - length) }
        let blanks = length - buffer.count
        buffer.insert(UInt8(ascii: "\""), at: 0)
        buffer.insert(contentsOf: repeatElement(UInt8(ascii: " "), count: blanks), at: 0)
    }

    /// Scans a key that has a suspicious word in it together with a value, as if they stood in a configuration file.
    private func scanKeyed(_ text: ByteText, _ key: Range<Int>, _ value: Range<Int>, _ state: inout ScanState) {
        guard !value.isEmpty, value.count <= 2_048 else { return }
        self.tables.scanInner(.keyed(prefix: min(key.count, Self.longestKey) + 5, value), nil, text, &state) { buffer, _ in
            Self.appendKey(text, key, to: &buffer)
            for byte in "\": \"".utf8 { buffer.append(byte) }
            // What would end the value here does not end it there; a filler of the same length keeps the places.
            var isEscaped = false
            for offset in value {
                let byte = text[offset]
                let isFiller = isEscaped || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "'")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                buffer.append(isFiller ? UInt8(ascii: "_") : byte)
            }
            buffer.append(UInt8(ascii: "\""))
        }
    }
}
