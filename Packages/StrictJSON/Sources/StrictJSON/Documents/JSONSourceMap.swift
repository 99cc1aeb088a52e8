/// Which bytes of a JSON text stand for which bytes of an unescaped string.
///
/// For something found in the unescaped string, it tells the bytes of the text to replace so that the text stays valid JSON.
public struct JSONSourceMap: Sendable {
    private struct Escape {
        let decoded: Range<Int>
        let source: Range<Int>
    }

    private let bytes: [UInt8]
    private let content: Range<Int>
    private let escapes: [Escape]

    /// The length of the unescaped string in bytes of UTF-8.
    public let decodedCount: Int

    /// Looks for the escapes in the inside of a string.
    ///
    /// - Returns: `nil` if this cannot be the inside of a string.
    init?(_ bytes: [UInt8], content: Range<Int>) {
        var escapes: [Escape] = []
        // How far the source has run ahead of the decoded text, counted from the start of the content.
        var surplus = 0
        var index = content.lowerBound
        while index < content.upperBound {
            if bytes[index] == UInt8(ascii: "\"") { return nil }
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            guard let escape = try? EscapeSequence(bytes.span, at: index), escape.end <= content.upperBound else { return nil }
            let start = index - content.lowerBound - surplus
            let length = escape.scalar.utf8.count
            escapes.append(Escape(decoded: start..<(start + length), source: index..<escape.end))
            surplus += escape.end - index - length
            index = escape.end
        }
        self.bytes = bytes
        self.content = content
        self.escapes = escapes
        self.decodedCount = content.count - surplus
    }

    /// The bytes of the text that stand for a range of the unescaped string.
    ///
    /// The answer is widened to whole escapes and whole characters where the range cuts them. Takes logarithmic time in the number
    /// of escapes.
    ///
    /// - Parameter decoded: Byte offsets into the unescaped UTF-8; what lies outside 0 to ``decodedCount`` is cut off.
    public func sourceRange(of decoded: Range<Int>) -> Range<Int> {
        let decoded = decoded.clamped(to: 0..<self.decodedCount)
        var lower = self.source(of: decoded.lowerBound).lowerBound
        while lower > self.content.lowerBound, self.isInsideCharacter(lower) { lower -= 1 }
        guard !decoded.isEmpty else { return lower..<lower }
        var upper = self.source(of: decoded.upperBound - 1).upperBound
        while upper < self.content.upperBound, self.isInsideCharacter(upper) { upper += 1 }
        return lower..<upper
    }

    /// The source of one decoded byte: an escape, or the byte itself.
    private func source(of offset: Int) -> Range<Int> {
        var (low, high) = (0, self.escapes.count)
        while low < high {
            let middle = (low + high) / 2
            if self.escapes[middle].decoded.lowerBound <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else {
            let start = self.content.lowerBound + offset
            return start..<(start + 1)
        }
        let escape = self.escapes[low - 1]
        if offset < escape.decoded.upperBound { return escape.source }
        let start = escape.source.upperBound + offset - escape.decoded.upperBound
        return start..<(start + 1)
    }

    /// Whether the byte at an offset continues a character of several bytes.
    private func isInsideCharacter(_ offset: Int) -> Bool {
        self.bytes[offset] & 0xC0 == 0x80
    }
}
