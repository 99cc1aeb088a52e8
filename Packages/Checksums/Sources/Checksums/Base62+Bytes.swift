/// Byte strings, read as one large number with the first byte most significant.
///
/// Time grows with the square of the length, so this is for identifiers and digests, not for files.
extension Base62 {
    /// The number of digits that hold every byte string of a length: 22 for 16 bytes, 43 for 32.
    ///
    /// It is the smallest such number for up to 600 bytes, and one that suffices beyond.
    public static func width(ofByteCount byteCount: Int) -> Int {
        // 8 ÷ log2(62) is 1.34359…; the bound keeps the product within range.
        (min(max(byteCount, 0), 1 << 40) * 13_436 + 9_999) / 10_000
    }

    /// Writes bytes with as many digits as hold every byte string of that length, `0` in front; no bytes give no digits.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var number = Array(bytes)
        var text = [UInt8](repeating: 0, count: self.width(ofByteCount: number.count))
        for position in text.indices.reversed() {
            var remainder = 0
            for index in number.indices {
                let dividend = remainder << 8 | Int(number[index])
                number[index] = UInt8(truncatingIfNeeded: dividend / 62)
                remainder = dividend % 62
            }
            text[position] = self.digits[remainder]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads a byte string of a known length.
    ///
    /// - Returns: `nil` unless the text has exactly the width for that length, only digits, and a number that fits the bytes.
    public static func decode(_ text: some Collection<UInt8>, byteCount: Int) -> [UInt8]? {
        guard byteCount >= 0, text.count == self.width(ofByteCount: byteCount) else { return nil }
        var number = [UInt8](repeating: 0, count: byteCount)
        for byte in text {
            guard let digit = self.value(of: byte) else { return nil }
            var carry = Int(digit)
            for index in number.indices.reversed() {
                carry += Int(number[index]) * 62
                number[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            if carry > 0 { return nil }
        }
        return number
    }
}
