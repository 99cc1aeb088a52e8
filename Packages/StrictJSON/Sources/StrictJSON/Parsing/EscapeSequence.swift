/// One escape of RFC 8259 section 7, a surrogate pair counting as one.
struct EscapeSequence {
    /// What the escape stands for.
    let scalar: Unicode.Scalar

    /// Where the text goes on after the escape.
    let end: Int

    /// Reads the escape whose backslash stands at `start`.
    init(_ bytes: Span<UInt8>, at start: Int) throws(JSONError) {
        guard start + 1 < bytes.count else { throw Self.unexpectedEnd(bytes) }
        if bytes[start + 1] != UInt8(ascii: "u") {
            guard let scalar = Self.shortEscape(bytes[start + 1]) else { throw JSONError(.invalidEscape, at: start) }
            (self.scalar, self.end) = (scalar, start + 2)
            return
        }
        let unit = try Self.codeUnit(bytes, at: start)
        if let scalar = Unicode.Scalar(unit) {
            (self.scalar, self.end) = (scalar, start + 6)
            return
        }
        guard UTF16.isLeadSurrogate(unit) else { throw Self.loneSurrogate(start) }
        // An input that ends within the second escape is reported as such, not as half a pair.
        guard start + 6 < bytes.count, bytes[start + 6] == UInt8(ascii: "\\") else { throw Self.loneSurrogate(start) }
        guard start + 7 < bytes.count else { throw Self.unexpectedEnd(bytes) }
        guard bytes[start + 7] == UInt8(ascii: "u") else { throw Self.loneSurrogate(start) }
        let second = try Self.codeUnit(bytes, at: start + 6)
        guard UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF)))
        else { throw Self.loneSurrogate(start) }
        (self.scalar, self.end) = (scalar, start + 12)
    }

    private static func shortEscape(_ letter: UInt8) -> Unicode.Scalar? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): Unicode.Scalar(letter)
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        default: nil
        }
    }

    /// Reads the four hexadecimal digits after the `\u` at `start`.
    private static func codeUnit(_ bytes: Span<UInt8>, at start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for index in (start + 2)..<(start + 6) {
            guard index < bytes.count else { throw self.unexpectedEnd(bytes) }
            let byte = bytes[index]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw JSONError(.invalidEscape, at: start)
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private static func unexpectedEnd(_ bytes: Span<UInt8>) -> JSONError {
        JSONError(.unexpectedEnd, at: bytes.count)
    }

    private static func loneSurrogate(_ offset: Int) -> JSONError {
        JSONError(.loneSurrogate, at: offset)
    }
}
