/// Which bytes a run of plain text may consist of; never quotes, backslashes and control characters below U+0020.
enum PlainText {
    /// All other bytes.
    case any
    /// Bytes up to 7F.
    case ascii
    /// Bytes up to 7E.
    case printableASCII
}

extension Span<UInt8> {
    /// Finds the first byte that does not belong to a run of plain text, eight bytes at a step.
    ///
    /// - Returns: Its position, or the end.
    @inline(__always)
    func endOfPlainText(_ alphabet: PlainText, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while index &+ 8 <= self.count {
            let word = UInt64(littleEndian: self.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            // (x - k) & ~x marks, by its high bit, each byte of x below k, and x + 1 each from 7F to FE. What is carried or
            // borrowed can add false marks only above a true one, so the lowest mark is exact.
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            var marks = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word
            if alphabet != .any { marks |= word }
            if alphabet == .printableASCII { marks |= word &+ ones }
            marks &= ones &* 0x80
            if marks != 0 { return index &+ marks.trailingZeroBitCount / 8 }
            index &+= 8
        }
        let limit: UInt8 = alphabet == .any ? .max : alphabet == .ascii ? 0x7F : 0x7E
        while index < self.count {
            let byte = self[index]
            if byte < 0x20 || byte > limit || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index &+= 1
        }
        return index
    }
}
