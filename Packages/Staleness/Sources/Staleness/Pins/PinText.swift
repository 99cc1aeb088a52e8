/// The bytes of a text, read from left to right, with a count of how often one was looked at.
///
/// The count is what shows that no text makes the search slow: it stays below a fixed multiple of the length.
struct PinText {
    private let bytes: [UInt8]
    /// How often a byte was looked at, and how many were handed to the readers of versions.
    private(set) var steps = 0

    /// - Parameter text: Of which the first `limit` bytes are read.
    init(_ text: String, limit: Int) {
        self.bytes = Array(text.utf8.prefix(limit))
    }

    var count: Int { self.bytes.count }

    /// The byte at a place; nil outside.
    mutating func byte(at index: Int) -> UInt8? {
        self.steps += 1
        return self.bytes.indices.contains(index) ? self.bytes[index] : nil
    }

    /// The place behind the run of bytes that begins at `start` and is at most `limit` long.
    mutating func end(of start: Int, limit: Int = .max, while belongs: (UInt8) -> Bool) -> Int {
        var index = start
        while index - start < limit, let byte = self.byte(at: index), belongs(byte) { index += 1 }
        return index
    }

    /// Whether the text goes on with these bytes.
    mutating func hasText(_ text: String, at index: Int) -> Bool {
        for (offset, byte) in text.utf8.enumerated() {
            guard self.byte(at: index + offset) == byte else { return false }
        }
        return true
    }

    /// A part as text; it is counted, as whoever gets it reads it once more.
    mutating func text(_ range: Range<Int>) -> String {
        let part = self.bytes[range.clamped(to: self.bytes.indices)]
        self.steps += part.count
        return String(decoding: part, as: UTF8.self)
    }
}

extension UInt8 {
    /// Part of a name or of the words around one.
    var isTokenByte: Bool { self.isASCIILetterOrDigit || self.isNameSeparator }
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
    var isLineEnd: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
    var isQuote: Bool { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") || self == UInt8(ascii: "`") }
}
