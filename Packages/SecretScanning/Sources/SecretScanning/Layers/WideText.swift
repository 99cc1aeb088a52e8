/// Text in UTF-16, as some editors and shells write it.
enum WideText {
    /// Whether a text is UTF-16 with the low byte first (`true`) or last (`false`); `nil` if it is neither.
    ///
    /// Told by the mark that begins it or, without one, by zeros in every second of the first bytes.
    static func isLittleEndian(_ text: ByteText) -> Bool? {
        if text.count < 4 { return nil }
        if text[0] == 0xFF, text[1] == 0xFE { return true }
        if text[0] == 0xFE, text[1] == 0xFF { return false }
        guard text.count >= 8, (text[0] == 0) != (text[1] == 0) else { return nil }
        let side = text[0] == 0 ? 0 : 1
        let end = min(text.count, 64) & ~1
        var zeros = 0
        for offset in 0..<end where text[offset] == 0 {
            if offset & 1 != side { return nil }
            zeros += 1
        }
        return zeros * 8 >= end * 3 ? side == 1 : nil
    }
}

extension ScanTables {
    /// Scans the text that UTF-16 stands for.
    func scanWide(_ text: ByteText, isLittleEndian: Bool, _ state: inout ScanState) {
        let unescaping: Unescaping = isLittleEndian ? .utf16Little : .utf16Big
        state.charge(text.count)
        self.scanInner(.wide(isLittleEndian: isLittleEndian), .utf16, text, &state) { buffer, _ in
            unescaping.decodeWide(text, into: &buffer)
        }
    }
}
