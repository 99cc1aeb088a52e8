/// The form of a macaroon in its second binary version, which upload tokens of package indices have.
///
/// A version byte 2; a section with location and identifier; sections with caveats; an empty section; a signature of 32 bytes. Each
/// section is a row of fields, type, length, content, and ends with a zero byte. Source: README of libmacaroons, "Format".
enum Macaroon {
    /// Whether base64 of a whole macaroon stands in a range, with nothing left over.
    static func isWhole(_ text: ByteText, _ range: Range<Int>) -> Bool {
        var bytes: [UInt8] = []
        Base64.decode(text, range, into: &bytes)
        guard bytes.first == 2 else { return false }
        var rest = bytes.dropFirst()
        guard let header = self.section(&rest), header.contains(where: { $0.type == 2 }) else { return false }
        while let caveat = self.section(&rest) {
            if caveat.isEmpty { break }
        }
        guard let signature = self.field(&rest), signature.type == 6, signature.length == 32 else { return false }
        return rest.isEmpty
    }

    private struct Field {
        let type: Int
        let length: Int
    }

    private static func section(_ rest: inout ArraySlice<UInt8>) -> [Field]? {
        var fields: [Field] = []
        while let first = rest.first {
            if first == 0 {
                rest = rest.dropFirst()
                return fields
            }
            guard let field = self.field(&rest) else { return nil }
            fields.append(field)
        }
        return nil
    }

    private static func field(_ rest: inout ArraySlice<UInt8>) -> Field? {
        guard let type = self.number(&rest), let length = self.number(&rest), length <= rest.count else { return nil }
        rest = rest.dropFirst(length)
        return Field(type: type, length: length)
    }

    /// A number in groups of seven bits, lowest first; two groups are more than any token needs.
    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard let first = rest.popFirst() else { return nil }
        if first < 0x80 { return Int(first) }
        guard let second = rest.popFirst(), second < 0x80 else { return nil }
        return Int(second) << 7 | Int(first & 0x7F)
    }
}
