/// Names of files as text. A name is bytes; what is no UTF-8 in it must neither be lost nor merge two names.
public enum PathText {
    /// The name with `%XX` for bytes that are no UTF-8, for control characters, for what changes the direction of text or breaks
    /// lines, and for `%` itself.
    public static func escaped(_ path: [UInt8]) -> String {
        var text: [UInt8] = []
        var rest = path[...]
        while let first = rest.first {
            var decoder = UTF8()
            var bytes = rest.prefix(4).makeIterator()
            if case .scalarValue(let scalar) = decoder.decode(&bytes), Self.isPlain(scalar) {
                text += rest.prefix(UTF8.width(scalar))
                rest = rest.dropFirst(UTF8.width(scalar))
            } else {
                self.append(first, to: &text)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 32 && scalar.value != 127 && scalar != "%" }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    /// A relative reference by RFC 3986 and RFC 8089: all but unreserved characters and slashes is `%XX`.
    static func relativeURI(_ path: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in path {
            switch byte {
            case 48...57, 65...90, 97...122: text.append(byte)
            case _ where "-._~/".utf8.contains(byte): text.append(byte)
            default: self.append(byte, to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ byte: UInt8, to text: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
