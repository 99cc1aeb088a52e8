extension Span<UInt8> {
    /// The text whose UTF-8 bytes, known to be well formed, stand in the range.
    func text(in range: Range<Int>) -> String {
        self.extracting(range).withUnsafeBufferPointer { bytes in
            // Up to 15 bytes stand in the string itself, and this initialiser writes them there directly.
            bytes.count <= 15
                ? String(unsafeUninitializedCapacity: bytes.count) { $0.initialize(fromContentsOf: bytes) }
                : String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Finds the end of the scalar whose lead byte, not an ASCII one, stands at `start`.
    ///
    /// Source: The Unicode Standard, table 3-7 "Well-Formed UTF-8 Byte Sequences": no overlong forms, no surrogates, nothing above
    /// U+10FFFF.
    func endOfMultiByteScalar(at start: Int) throws(JSONError) -> Int {
        let second: ClosedRange<UInt8>
        let length: Int
        switch self[start] {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw Self.invalidUTF8(at: start)
        }
        guard start + length <= self.count, second.contains(self[start + 1]) else { throw Self.invalidUTF8(at: start) }
        for index in (start + 2)..<(start + length) where self[index] & 0xC0 != 0x80 { throw Self.invalidUTF8(at: start) }
        return start + length
    }

    private static func invalidUTF8(at offset: Int) -> JSONError {
        JSONError(.invalidUTF8, at: offset)
    }
}
