extension SQLTokenizer {
    /// A bare word, or the string whose prefix it is.
    mutating func scanWord() throws(SQLError) -> SQLToken.Kind {
        let start = self.position
        while self.peek().isWordByte || self.peek() == UInt8(ascii: "$") { self.position += 1 }
        let word = self.bytes[start..<self.position]
        if word.count == 1, let prefix = word.first.map({ $0 | 0x20 }) {
            if let kind = try self.scanPrefixed(by: prefix, from: start) { return kind }
        }
        if word.contains(where: { $0 >= 0x80 }) { try self.checkScript(of: word) }
        return .word
    }

    /// `E'…'`, `B'…'`, `X'…'`, `N'…'` and `U&'…'`, where the dialect has them.
    private mutating func scanPrefixed(by prefix: UInt8, from start: Int) throws(SQLError) -> SQLToken.Kind? {
        if self.dialect == .postgresql, prefix == UInt8(ascii: "u"), self.peek() == UInt8(ascii: "&") {
            if self.peek(1) == UInt8(ascii: "\"") {
                throw self.error(.ambiguous, at: start, "a name that is written in code points")
            }
            guard self.peek(1) == UInt8(ascii: "'") else { return nil }
            self.position += 1
            return try self.scanString()
        }
        guard self.peek() == UInt8(ascii: "'") else { return nil }
        switch (self.dialect, prefix) {
        case (.postgresql, UInt8(ascii: "e")): return try self.scanEscapeString()
        case (_, UInt8(ascii: "x")): return try self.scanString()
        case (.postgresql, UInt8(ascii: "b")), (.postgresql, UInt8(ascii: "n")): return try self.scanString()
        case (.mysql, UInt8(ascii: "b")), (.mysql, UInt8(ascii: "n")): return try self.scanString()
        default: return nil
        }
    }

    /// Words of other scripts are names. What looks like ASCII, or becomes ASCII when somebody folds it, is refused.
    private func checkScript(of word: ArraySlice<UInt8>) throws(SQLError) {
        var hasASCII = false
        var hasOther = false
        for scalar in String(decoding: word, as: UTF8.self).unicodeScalars {
            guard !scalar.isASCII else {
                if scalar.properties.isAlphabetic { hasASCII = true }
                continue
            }
            let value = scalar.value
            let isFoldable = Self.foldable.contains { $0.contains(value) } || [0x130, 0x131, 0x17F].contains(value)
            guard scalar.properties.isXIDContinue, !isFoldable else {
                throw self.error(.invalidCharacter, at: word.startIndex, "a character that has no place in a bare name")
            }
            // Latin letters with marks mix with ASCII, as in größe; those of other scripts do not.
            if value >= 0x250, !(0x300...0x36F).contains(value), !(0x1E00...0x1EFF).contains(value) { hasOther = true }
        }
        if hasASCII, hasOther {
            throw self.error(.invalidCharacter, at: word.startIndex, "a bare name mixes scripts")
        }
    }

    /// Letter-like symbols, superscripts, mathematical letters, full-width forms: compatibility variants of ASCII.
    private static let foldable: [ClosedRange<UInt32>] = [
        0x02B0...0x02FF, 0x1D00...0x1DBF, 0x2070...0x218F, 0x2460...0x24FF, 0x2C7C...0x2C7D, 0xA770...0xA770, 0xA7F2...0xA7F4,
        0xFB00...0xFB06, 0xFE00...0xFE0F, 0xFE20...0xFE6F, 0xFF00...0xFFEF, 0x1D400...0x1D7FF, 0x1F100...0x1F1FF,
        0xE0000...0xE0FFF, 0x00AA...0x00AA, 0x00BA...0x00BA,
    ]

    /// A number that ends where every server ends it.
    mutating func scanNumber() throws(SQLError) -> SQLToken.Kind {
        if self.peek() == UInt8(ascii: "0"),
            [UInt8(ascii: "x"), UInt8(ascii: "b"), UInt8(ascii: "o")].contains(self.peek(1) | 0x20)
        {
            self.position += 2
            while self.peek().isHexDigit { self.position += 1 }
        } else {
            while self.peek().isDigit { self.position += 1 }
            if self.peek() == UInt8(ascii: ".") {
                self.position += 1
                while self.peek().isDigit { self.position += 1 }
            }
            self.skipExponent()
        }
        if self.peek().isWordByte || self.peek() == UInt8(ascii: "$") || self.peek() == UInt8(ascii: ".") {
            throw self.error(.ambiguous, at: self.position, "a number runs into what follows")
        }
        return .number
    }

    private mutating func skipExponent() {
        guard self.peek() | 0x20 == UInt8(ascii: "e") else { return }
        let signed = self.peek(1) == UInt8(ascii: "+") || self.peek(1) == UInt8(ascii: "-")
        guard self.peek(signed ? 2 : 1).isDigit else { return }
        self.position += signed ? 2 : 1
        while self.peek().isDigit { self.position += 1 }
    }
}
