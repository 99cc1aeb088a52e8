/// Encoded parts of a text: decoded into memory of the state, and scanned like any other text.
extension ScanTables {
    private static let longestRun = 8_192
    private static let overlap = 512
    private static let longestRegion = 16_384
    /// What begins near the end of a region that was cut is looked at once more, with what follows it.
    private static let regionOverlap = 1_024

    /// A run of base64 that looks like text when decoded; long runs piece by piece.
    func decodeBase64(_ text: ByteText, around offset: Int, _ state: inout ScanState) {
        var start = text.start(of: .base64Either, before: offset, limit: 64)
        if start < state.progress.base64End {
            // The run goes on where the last piece ended; an overlap of whole groups keeps the phase.
            start = max(state.progress.base64End &- Self.overlap, 0)
            // In a text of lines whole lines keep it.
            if let lineEnd = (start..<state.progress.base64End).first(where: { text[$0] == 10 }) { start = lineEnd &+ 1 }
        }
        let end = Self.endOfBase64(text, from: offset, bound: start &+ Self.longestRun)
        state.progress.base64End = end
        state.charge(end &- start)
        // A marker holds no run that long, and one that stands behind a run says nothing about it.
        guard end &- start >= 24, start >= 0, Base64.looksLikeText(text, from: start) else { return }
        self.descend(.base64(start..<end), .base64, text, &state) { buffer in
            Base64.decode(text, start..<end, into: &buffer)
        }
    }

    /// Where a run that goes on at an offset ends; a full line is continued by the next.
    private static func endOfBase64(_ text: ByteText, from offset: Int, bound: Int) -> Int {
        var lineStart = text.start(of: .base64Either, before: offset, limit: 64)
        var end = text.end(of: .base64Either, from: offset, limit: max(bound &- offset, 0))
        while end < bound, end &- lineStart >= 60, (end &- lineStart) & 3 == 0 {
            let next = end &+ (text[end] == 13 && text[end &+ 1] == 10 ? 2 : 1)
            guard text[next &- 1] == 10, next < bound, text.has(.base64Either, at: next) else { break }
            lineStart = next
            end = text.end(of: .base64Either, from: next, limit: bound &- next)
        }
        return end
    }

    /// The token around a percent code.
    func decodePercent(_ text: ByteText, _ offset: Int, _ state: inout ScanState) {
        guard state.depth < Self.maximumDepth, offset >= state.progress.percentEnd, Unescaping.hexValue(text[offset &+ 1]) != nil,
            Unescaping.hexValue(text[offset &+ 2]) != nil
        else { return }
        let atoms: Atoms = [.alnum, .underscore, .dash, .dot, .plusOrSlash, .equals, .tilde, .percent, .reserved]
        var start = offset
        let floor = max(state.progress.percentEnd, offset &- 256, state.progress.markerEnd)
        while start > floor, text.has(atoms, at: start &- 1), !Self.isQuote(text[start &- 1]) { start &-= 1 }
        var end = offset
        let bound = offset &+ Self.longestRegion
        while end < bound, text.has(atoms, at: end), !Self.isQuote(text[end]) { end &+= 1 }
        state.progress.percentEnd = end < bound ? end : end &- Self.regionOverlap
        state.charge(end &- start)
        guard end &- start >= 12 else { return }
        let region = start..<end
        self.descend(.percent(region), .percent, text, &state) { buffer in
            Unescaping.percent.decode(text, region, into: &buffer)
        }
    }

    /// The text around a `\"` or `\u`, up to the next quote that has no backslash or the next line end.
    func decodeEscapes(_ text: ByteText, _ offset: Int, _ state: inout ScanState) {
        guard state.depth < Self.maximumDepth, offset >= state.progress.escapeEnd else { return }
        let ends = { (offset: Int) in
            Self.endsLine(text[offset]) || text[offset] == UInt8(ascii: "\"") && text[offset &- 1] != UInt8(ascii: "\\")
        }
        var start = offset
        let floor = max(state.progress.escapeEnd, offset &- 256, state.progress.markerEnd)
        while start > floor, !ends(start &- 1) { start &-= 1 }
        var end = offset
        var hasUnicode = false
        let bound = offset &+ Self.longestRegion
        while end < bound, !ends(end) {
            if text[end] == UInt8(ascii: "\\"), text[end &+ 1] == UInt8(ascii: "u") { hasUnicode = true }
            // An escaped backslash escapes nothing more.
            end &+= text[end] == UInt8(ascii: "\\") && text[end &+ 1] == UInt8(ascii: "\\") ? 2 : 1
        }
        state.progress.escapeEnd = end < bound ? end : end &- Self.regionOverlap
        // A key with a code in it says what the value behind it is.
        if hasUnicode, end < bound, let valueEnd = Self.endOfMember(text, keyEnd: end) {
            end = valueEnd
            state.progress.escapeEnd = end
            if text[start &- 1] == UInt8(ascii: "\"") { start &-= 1 }
        }
        state.charge(end &- start)
        guard end &- start >= 12 else { return }
        let region = start..<end
        self.descend(.escapes(region), hasUnicode ? .unicodeEscape : .json, text, &state) { buffer in
            Unescaping.json.decode(text, region, into: &buffer)
        }
    }

    /// Where the quoted value ends, its last quote included, that stands behind a key with a colon or an equals sign between; `nil`
    /// if none does.
    private static func endOfMember(_ text: ByteText, keyEnd: Int) -> Int? {
        guard text[keyEnd] == UInt8(ascii: "\"") else { return nil }
        var offset = text.end(of: .blank, from: keyEnd &+ 1, limit: 16)
        guard text[offset] == UInt8(ascii: ":") || text[offset] == UInt8(ascii: "=") else { return nil }
        offset = text.end(of: .blank, from: offset &+ 1, limit: 16)
        guard text[offset] == UInt8(ascii: "\"") else { return nil }
        offset &+= 1
        let bound = offset &+ 1_024
        while offset < bound, !Self.endsLine(text[offset]) {
            if text[offset] == UInt8(ascii: "\"") { return offset &+ 1 }
            offset &+= text[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    /// Decodes and scans one text deeper.
    private func descend(
        _ kind: ScanState.Frame.Kind, _ layer: Finding.Layer, _ outer: ByteText, _ state: inout ScanState,
        decode: (inout [UInt8]) -> Void
    ) {
        state.depth += 1
        self.scanInner(kind, layer, outer, &state) { buffer, _ in decode(&buffer) }
        state.depth -= 1
    }

    /// Scans a text that is made in memory of the state; the present one goes on afterwards.
    func scanInner(
        _ kind: ScanState.Frame.Kind, _ layer: Finding.Layer?, _ outer: ByteText, _ state: inout ScanState,
        decode: (inout [UInt8], inout ScanState) -> Void
    ) {
        var buffer = state.buffers.popLast() ?? []
        buffer.removeAll(keepingCapacity: true)
        decode(&buffer, &state)
        state.frames.append(ScanState.Frame(kind: kind, layer: layer, outer: outer))
        let progress = state.progress
        state.progress = ScanState.Progress()
        buffer.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            self.scan(ByteText(base: base, count: bytes.count, atoms: self.atoms), &state)
        }
        state.progress = progress
        state.frames.removeLast()
        state.buffers.append(buffer)
    }
}
