/// How the text of a file is written.
enum TextEncoding: Hashable, Sendable {
    /// UTF-8, or one of the many encodings in which ASCII is ASCII.
    case bytes
    case utf16(isLittleEndian: Bool)
    case utf32(isLittleEndian: Bool)
    /// No text.
    case binary

    /// How much of a file is looked at; git looks at as much.
    static let lookedAt = 8_000

    /// Tells the encoding by the first bytes of a file: by its byte order mark, else by where NULs stand.
    ///
    /// - Returns: The encoding and the length of the mark.
    static func detect(_ bytes: UnsafeRawBufferPointer) -> (encoding: TextEncoding, markLength: Int) {
        let start = bytes.prefix(4)
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { return (.bytes, 3) }
        // The mark of little-endian UTF-32 begins with that of UTF-16, whose texts have no NUL.
        if start.elementsEqual([0xFF, 0xFE, 0, 0]) { return (.utf32(isLittleEndian: true), 4) }
        if start.elementsEqual([0, 0, 0xFE, 0xFF]) { return (.utf32(isLittleEndian: false), 4) }
        if start.starts(with: [0xFF, 0xFE]) { return (.utf16(isLittleEndian: true), 2) }
        if start.starts(with: [0xFE, 0xFF]) { return (.utf16(isLittleEndian: false), 2) }
        let sample = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.lookedAt))
        guard sample.contains(0) else { return (.bytes, 0) }
        for isLittleEndian in [true, false] where self.isPlainlyUTF16(sample, isLittleEndian: isLittleEndian) {
            return (.utf16(isLittleEndian: isLittleEndian), 0)
        }
        return (.binary, 0)
    }

    /// Whether nearly all units are printable ASCII or line ends, which numbers of two bytes are not.
    private static func isPlainlyUTF16(_ sample: UnsafeRawBufferPointer, isLittleEndian: Bool) -> Bool {
        let unitCount = sample.count / 2
        guard unitCount >= 4 else { return false }
        var plain = 0
        for unit in 0..<unitCount {
            let (first, second) = (sample[2 * unit], sample[2 * unit + 1])
            let (low, high) = isLittleEndian ? (first, second) : (second, first)
            if high == 0, low < 32, !(9...13).contains(low) { return false }
            if high == 0, low < 127 { plain += 1 }
        }
        return plain * 10 >= unitCount * 7
    }
}
