extension TextFolding {
    /// Decodes percent-encodings until none is left, or says that there is none.
    ///
    /// `%2e`, `%252e` and the form `%u002e`, which some servers read, are decoded; a percent sign before anything else is one.
    ///
    /// - Returns: The decoded text, or nil when it is the text itself.
    /// - Throws: ``TextFoldingError`` with code `invalidEncoding` when decoded bytes are not UTF-8, `tooManyEncodings` when
    ///   encodings are left after ``maximumRounds``.
    public static func percentDecoded(_ text: String) throws(TextFoldingError) -> String? {
        var current = text
        var isDecoded = false
        for _ in 0..<self.maximumRounds {
            guard let next = try self.percentDecodedOnce(current) else { return isDecoded ? current : nil }
            current = next
            isDecoded = true
        }
        guard try self.percentDecodedOnce(current) == nil else {
            throw TextFoldingError(.tooManyEncodings, message: "percent-encodings stand inside each other too deep")
        }
        return current
    }

    /// Decodes what is encoded at first sight; nil when nothing is.
    static func percentDecodedOnce(_ text: String) throws(TextFoldingError) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return nil }
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                if let byte = self.number(in: bytes, from: index + 1, digits: 2) {
                    decoded.append(UInt8(truncatingIfNeeded: byte))
                    index += 3
                    continue
                }
                if index + 1 < bytes.count, bytes[index + 1] | 0x20 == UInt8(ascii: "u"),
                    let value = self.number(in: bytes, from: index + 2, digits: 4)
                {
                    guard let scalar = Unicode.Scalar(value) else { throw self.invalidEncoding }
                    decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                    index += 6
                    continue
                }
            }
            decoded.append(bytes[index])
            index += 1
        }
        guard decoded.count != bytes.count else { return nil }
        guard let result = String(validating: decoded, as: UTF8.self) else { throw self.invalidEncoding }
        return result
    }

    private static var invalidEncoding: TextFoldingError {
        TextFoldingError(.invalidEncoding, message: "percent-encoded bytes are not UTF-8")
    }

    private static func number(in bytes: [UInt8], from start: Int, digits: Int) -> UInt32? {
        guard start + digits <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[start..<(start + digits)] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte & 0x0F)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32((byte & 0x0F) + 9)
            default: return nil
            }
        }
        return value
    }
}
