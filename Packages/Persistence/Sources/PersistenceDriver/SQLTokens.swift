/// The tokens of an SQL text as SQLite sees them, without blanks and comments.
package struct SQLTokens: Sequence, IteratorProtocol {
    package enum Token: Equatable {
        /// A keyword, a number or a name; a name in quotes comes without them.
        case word(String, isQuoted: Bool)
        /// A string literal, whose content is of no interest here.
        case string
        /// Any other character.
        case symbol(UInt8)
    }

    private var rest: Substring.UTF8View

    package init(_ text: String) {
        self.rest = Substring(text).utf8
    }

    package mutating func next() -> Token? {
        self.skipBlanks()
        guard let byte = self.rest.first else { return nil }
        switch byte {
        case UInt8(ascii: "'"):
            _ = self.quoted(until: byte)
            return .string
        case UInt8(ascii: "\""), UInt8(ascii: "`"):
            return .word(self.quoted(until: byte), isQuoted: true)
        case UInt8(ascii: "["):
            return .word(self.quoted(until: UInt8(ascii: "]")), isQuoted: true)
        case _ where Self.isWordByte(byte):
            let word = self.rest.prefix(while: Self.isWordByte)
            self.rest = self.rest[word.endIndex...]
            return .word(String(Substring(word)), isQuoted: false)
        default:
            self.rest.removeFirst()
            return .symbol(byte)
        }
    }

    private mutating func skipBlanks() {
        while let byte = self.rest.first {
            if byte == UInt8(ascii: " ") || (9...13).contains(byte) {
                self.rest.removeFirst()
            } else if self.rest.starts(with: "--".utf8) {
                self.rest = self.rest.drop { $0 != UInt8(ascii: "\n") }
            } else if self.rest.starts(with: "/*".utf8) {
                self.skipComment()
            } else {
                return
            }
        }
    }

    private mutating func skipComment() {
        self.rest = self.rest.dropFirst(2)
        while !self.rest.isEmpty, !self.rest.starts(with: "*/".utf8) { self.rest.removeFirst() }
        self.rest = self.rest.dropFirst(2)
    }

    /// The text up to the closing quote, of which two in a row stand for one.
    private mutating func quoted(until quote: UInt8) -> String {
        self.rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = self.rest.popFirst() {
            if byte == quote {
                guard quote != UInt8(ascii: "]"), self.rest.first == quote else { break }
                self.rest.removeFirst()
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 128...255: true
        default: false
        }
    }
}
