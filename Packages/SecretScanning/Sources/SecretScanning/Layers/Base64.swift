/// Base64 of either alphabet, with or without padding (RFC 4648, sections 4 and 5), decoded leniently: a cut last group gives
/// the bytes that are whole.
enum Base64 {
    static let values: [UInt8] = (0..<256).map { value in
        switch UInt8(truncatingIfNeeded: value) {
        case let byte where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case let byte where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case let byte where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: 255
        }
    }

    /// Appends what a range stands for; line ends are passed over, any other byte that is no digit ends it.
    static func decode(_ text: ByteText, _ range: Range<Int>, into output: inout [UInt8]) {
        var (bits, count): (UInt32, UInt32) = (0, 0)
        self.values.withUnsafeBufferPointer { values in
            for offset in range {
                let value = values[Int(text[offset])]
                if value == 255 {
                    // Longer texts come in lines.
                    if (10...13).contains(text[offset]) { continue }
                    return
                }
                bits = (bits << 6 | UInt32(value)) & 0xFFFF
                count += 6
                if count >= 8 {
                    count -= 8
                    output.append(UInt8(truncatingIfNeeded: bits >> count))
                }
            }
        }
    }

    /// Whether the first bytes of what a range stands for are printable text.
    static func looksLikeText(_ text: ByteText, from start: Int) -> Bool {
        var (bits, count): (UInt32, UInt32) = (0, 0)
        return self.values.withUnsafeBufferPointer { values in
            for offset in start..<(start &+ 16) {
                let value = values[Int(text[offset])]
                if value == 255 { return false }
                bits = (bits << 6 | UInt32(value)) & 0xFFFF
                count += 6
                if count >= 8 {
                    count -= 8
                    let byte = UInt8(truncatingIfNeeded: bits >> count)
                    guard (0x20...0x7E).contains(byte) || (9...13).contains(byte) else { return false }
                }
            }
            return true
        }
    }
}
