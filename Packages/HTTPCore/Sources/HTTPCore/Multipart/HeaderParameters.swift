/// A field value of the form `form-data; name="file"` (RFC 9110 §5.6.6), as clients write it.
struct HeaderParameters {
    /// What stands before the first semicolon, in lower case.
    let kind: String
    /// The parameters in their order; names are in lower case and stand once.
    private let pairs: [(name: String, value: [UInt8])]

    /// Reads a value.
    ///
    /// A value in quotes ends at the next quote; `\"` and `\\` in it stand for the second character, any other backslash for itself, as
    /// browsers do not escape it.
    ///
    /// - Throws: ``MultipartError`` for anything else than tokens, equal signs, semicolons and values.
    init(_ text: some Collection<UInt8>) throws(MultipartError) {
        var reader = Reader(bytes: Array(text))
        let kind = reader.word { $0 != UInt8(ascii: ";") && !$0.isBlank }
        self.kind = String(decoding: kind, as: UTF8.self).lowercased()
        var pairs: [(name: String, value: [UInt8])] = []
        reader.skipBlanks()
        while let byte = reader.next() {
            guard byte == UInt8(ascii: ";") else { throw MultipartError("Parameters of a header field should be separated by ;") }
            reader.skipBlanks()
            let word = reader.word(while: \.isTokenByte)
            if word.isEmpty, reader.isAtEnd { break }
            let name = String(decoding: word, as: UTF8.self).lowercased()
            guard !word.isEmpty, reader.next() == UInt8(ascii: "=") else {
                throw MultipartError("A parameter of a header field should be a name, = and a value")
            }
            guard !pairs.contains(where: { $0.name == name }) else {
                throw MultipartError("A parameter of a header field should stand once")
            }
            pairs.append((name, try reader.value()))
            reader.skipBlanks()
        }
        self.pairs = pairs
    }

    /// The value of a parameter, or `nil` when there is none.
    subscript(name: String) -> [UInt8]? { self.pairs.first { $0.name == name }?.value }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { self.position == self.bytes.count }

        mutating func next() -> UInt8? {
            if self.isAtEnd { return nil }
            defer { self.position += 1 }
            return self.bytes[self.position]
        }

        mutating func word(while belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
            let word = self.bytes[self.position...].prefix(while: belongs)
            self.position = word.endIndex
            return word
        }

        mutating func skipBlanks() {
            _ = self.word(while: \.isBlank)
        }

        mutating func value() throws(MultipartError) -> [UInt8] {
            guard self.position < self.bytes.count, self.bytes[self.position] == UInt8(ascii: "\"") else {
                let word = self.word { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") && !$0.isBlank }
                guard !word.isEmpty else { throw MultipartError("A parameter of a header field should have a value") }
                return Array(word)
            }
            self.position += 1
            var value: [UInt8] = []
            while let byte = self.next() {
                switch byte {
                case UInt8(ascii: "\""):
                    return value
                case UInt8(ascii: "\\"):
                    if !self.isAtEnd, [UInt8(ascii: "\""), UInt8(ascii: "\\")].contains(self.bytes[self.position]) {
                        value.append(self.bytes[self.position])
                        self.position += 1
                    } else {
                        value.append(byte)
                    }
                default:
                    value.append(byte)
                }
            }
            throw MultipartError("A quoted value in a header field should end with a quote")
        }
    }
}

extension UInt8 {
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    /// Whether a token may have it (RFC 9110 §5.6.2).
    var isTokenByte: Bool { self.isLetterOrDigit || "!#$%&'*+-.^_`|~".utf8.contains(self) }
}
