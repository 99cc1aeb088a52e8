/// How strings are written: runs that need no escape are copied whole.
enum StringEscaping {
    /// Appends a string with its quotes, everything but quotes, backslashes and control characters as raw UTF-8.
    static func appendRaw(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        text.withContiguousUTF8 { bytes in
            var index = 0
            while true {
                let end = bytes.span.endOfPlainText(.any, from: index)
                if end > index { output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<end])) }
                guard end < bytes.count else { break }
                self.appendEscape(bytes[end], to: &output)
                index = end + 1
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Appends a string with its quotes, in printable ASCII only: what is beyond, and DEL, becomes lower-case `\uXXXX`, in pairs
    /// above U+FFFF.
    static func appendASCII(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        text.withContiguousUTF8 { bytes in
            var index = 0
            while true {
                let end = bytes.span.endOfPlainText(.printableASCII, from: index)
                if end > index { output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<end])) }
                guard end < bytes.count else { break }
                if bytes[end] < 0x80 {
                    self.appendEscape(bytes[end], to: &output)
                    index = end + 1
                } else {
                    index = self.appendScalarEscape(bytes.span, at: end, to: &output)
                }
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): output.append("\\\"")
        case UInt8(ascii: "\\"): output.append("\\\\")
        case 0x08: output.append("\\b")
        case 0x09: output.append("\\t")
        case 0x0A: output.append("\\n")
        case 0x0C: output.append("\\f")
        case 0x0D: output.append("\\r")
        default: self.appendHexadecimal(UInt16(byte), to: &output)
        }
    }

    /// Escapes the scalar of several bytes that begins at `start`.
    ///
    /// - Returns: The position after the scalar.
    private static func appendScalarEscape(_ bytes: Span<UInt8>, at start: Int, to output: inout [UInt8]) -> Int {
        let length = (~bytes[start]).leadingZeroBitCount
        var scalar = UInt32(bytes[start] & (0x7F >> length))
        for index in (start + 1)..<(start + length) { scalar = scalar << 6 | UInt32(bytes[index] & 0x3F) }
        if scalar < 0x10000 {
            self.appendHexadecimal(UInt16(scalar), to: &output)
        } else {
            let offset = scalar - 0x10000
            self.appendHexadecimal(UInt16(0xD800 | offset >> 10), to: &output)
            self.appendHexadecimal(UInt16(0xDC00 | offset & 0x3FF), to: &output)
        }
        return start + length
    }

    private static func appendHexadecimal(_ unit: UInt16, to output: inout [UInt8]) {
        output.append("\\u")
        output.append(self.hexadecimalDigit(unit >> 12))
        output.append(self.hexadecimalDigit(unit >> 8))
        output.append(self.hexadecimalDigit(unit >> 4))
        output.append(self.hexadecimalDigit(unit))
    }

    /// The digit for the lowest four bits.
    private static func hexadecimalDigit(_ unit: UInt16) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: unit & 0xF)
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
