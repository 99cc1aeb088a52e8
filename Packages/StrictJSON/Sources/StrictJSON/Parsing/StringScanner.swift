/// Reads the inside of strings: plain ASCII at eight bytes a step, other text checked scalar by scalar, escapes decoded into a
/// buffer that serves all strings of a document.
struct StringScanner {
    /// Where the bytes of a string stand once it is read.
    enum Content {
        /// In the input, as they are.
        case plain(Range<Int>)
        /// In `unescaped`, until the next string is read.
        case escaped
    }

    private let allowsNUL: Bool

    /// The bytes of the last string that contained an escape.
    private(set) var unescaped: [UInt8] = []

    init(allowsNUL: Bool) {
        self.allowsNUL = allowsNUL
    }

    /// Reads a string whose opening quote stands just before `start`.
    ///
    /// - Returns: Its content, and where the text goes on after the closing quote.
    mutating func scan(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> (content: Content, end: Int) {
        var index = try Self.endOfRun(bytes, from: start)
        if bytes[index] == UInt8(ascii: "\"") { return (.plain(start..<index), index + 1) }
        self.unescaped.removeAll(keepingCapacity: true)
        var runStart = start
        while true {
            bytes.extracting(runStart..<index).withUnsafeBufferPointer { self.unescaped.append(contentsOf: $0) }
            if bytes[index] == UInt8(ascii: "\"") { return (.escaped, index + 1) }
            let escape = try EscapeSequence(bytes, at: index)
            if escape.scalar.value == 0, !self.allowsNUL { throw JSONError(.nulCharacter, at: index) }
            self.unescaped.append(contentsOf: escape.scalar.utf8)
            runStart = escape.end
            index = try Self.endOfRun(bytes, from: runStart)
        }
    }

    /// Finds the quote or backslash that ends a run of characters that stand for themselves.
    private static func endOfRun(_ bytes: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var index = start
        while true {
            index = bytes.endOfPlainText(.ascii, from: index)
            guard index < bytes.count else { throw JSONError(.unexpectedEnd, at: index) }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
            guard byte >= 0x80 else { throw JSONError(.controlCharacter, at: index) }
            while index < bytes.count, bytes[index] >= 0x80 { index = try bytes.endOfMultiByteScalar(at: index) }
        }
    }
}
