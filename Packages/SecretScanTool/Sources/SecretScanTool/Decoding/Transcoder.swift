/// Turns UTF-16 and UTF-32 that come in parts into UTF-8; what is no character becomes U+FFFD.
struct Transcoder: Sendable {
    private let width: Int
    private let isLittleEndian: Bool
    /// Bytes of a unit that is not whole yet.
    private var rest: [UInt8] = []
    /// The first half of a pair that is not whole yet.
    private var high: UInt32?

    /// - Returns: nil for encodings that need none.
    init?(_ encoding: TextEncoding) {
        switch encoding {
        case .utf16(let isLittleEndian): (self.width, self.isLittleEndian) = (2, isLittleEndian)
        case .utf32(let isLittleEndian): (self.width, self.isLittleEndian) = (4, isLittleEndian)
        case .bytes, .binary: return nil
        }
    }

    /// Takes the next part.
    mutating func take(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        for byte in bytes {
            self.rest.append(byte)
            if self.rest.count < self.width { continue }
            let unit = (self.isLittleEndian ? Array(self.rest.reversed()) : self.rest).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            self.rest.removeAll(keepingCapacity: true)
            self.take(unit, into: &output)
        }
    }

    /// Ends the text; a part of a character that is left becomes U+FFFD.
    mutating func finish(into output: inout [UInt8]) {
        if !self.rest.isEmpty || self.high != nil { Self.append("\u{FFFD}", to: &output) }
        self.rest = []
        self.high = nil
    }

    private mutating func take(_ unit: UInt32, into output: inout [UInt8]) {
        if let high = self.high {
            self.high = nil
            if self.width == 2, 0xDC00...0xDFFF ~= unit,
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00))
            {
                return Self.append(scalar, to: &output)
            }
            Self.append("\u{FFFD}", to: &output)
        }
        if self.width == 2, 0xD800...0xDBFF ~= unit {
            self.high = unit
        } else {
            Self.append(Unicode.Scalar(unit) ?? "\u{FFFD}", to: &output)
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        if scalar.isASCII {
            output.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            output += Array(String(Character(scalar)).utf8)
        }
    }
}
