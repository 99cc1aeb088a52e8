/// Cuts a text into tokens from front to back; every doubt is an error.
struct SQLTokenizer {
    let bytes: [UInt8]
    let dialect: SQLDialect
    var position = 0
    private var depth = 0
    private var previous: SQLToken.Kind?

    init(_ bytes: [UInt8], dialect: SQLDialect) {
        self.bytes = bytes
        self.dialect = dialect
    }

    /// The byte some places ahead; 0 behind the end, which no text contains after ``checkCharacters()``.
    func peek(_ distance: Int = 0) -> UInt8 {
        let index = self.position + distance
        return index < self.bytes.count ? self.bytes[index] : 0
    }

    func error(_ code: SQLError.Code, at offset: Int, _ message: String) -> SQLError {
        SQLError(code, at: offset, message: message)
    }

    /// Control characters stand in no honest statement, and servers disagree which of them are blanks.
    func checkCharacters() throws(SQLError) {
        var previous: UInt8 = 0
        for (index, byte) in self.bytes.enumerated() {
            let isControl = byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F
            if isControl || previous == 0xC2 && byte < 0xA0 {
                throw self.error(.invalidCharacter, at: index, "control characters other than tab and line ends are refused")
            }
            previous = byte
        }
    }

    /// The next token, or nil at the end.
    mutating func next() throws(SQLError) -> SQLToken? {
        try self.skipBlanks()
        let start = self.position
        guard start < self.bytes.count else {
            guard self.depth == 0 else { throw self.error(.unbalanced, at: start, "a parenthesis is not closed") }
            return nil
        }
        let kind = try self.scan()
        self.previous = kind
        return SQLToken(kind: kind, range: start..<self.position)
    }

    private mutating func scan() throws(SQLError) -> SQLToken.Kind {
        let byte = self.peek()
        switch byte {
        case UInt8(ascii: "'"): return try self.scanString()
        case UInt8(ascii: "\""):
            guard self.dialect == .mysql else { return try self.scanQuotedName(byte) }
            try self.scanEitherWay(byte)
            return .stringOrName
        case UInt8(ascii: "`") where self.dialect != .postgresql: return try self.scanQuotedName(byte)
        case UInt8(ascii: "[") where self.dialect == .sqlite: return try self.scanBracketedName()
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try self.scanNumber()
        case UInt8(ascii: "$"): return try self.scanDollar()
        case _ where byte.isWordByte: return try self.scanWord()
        case UInt8(ascii: "."):
            guard self.peek(1).isDigit else { break }
            switch self.previous {
            case .word, .quotedName, .stringOrName, .close:
                throw self.error(.ambiguous, at: self.position, "a digit follows the dot of a name")
            default: return try self.scanNumber()
            }
        default: break
        }
        return try self.scanSymbol(byte)
    }

    private mutating func scanSymbol(_ byte: UInt8) throws(SQLError) -> SQLToken.Kind {
        let start = self.position
        self.position += 1
        switch byte {
        case UInt8(ascii: "("):
            self.depth += 1
            guard self.depth <= SQLScript.maximumDepth else {
                throw self.error(.tooDeep, at: start, "more than \(SQLScript.maximumDepth) parentheses inside each other")
            }
            return .open
        case UInt8(ascii: ")"):
            self.depth -= 1
            guard self.depth >= 0 else { throw self.error(.unbalanced, at: start, "a parenthesis closes what none opened") }
            return .close
        case UInt8(ascii: ";"):
            guard self.depth == 0 else { throw self.error(.unbalanced, at: start, "a semicolon inside parentheses") }
            return .semicolon
        case UInt8(ascii: "."): return .dot
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: "*") where self.peek() == UInt8(ascii: "/") && self.peek(1) != UInt8(ascii: "*"):
            throw self.error(.malformed, at: start, "the end of a comment that did not begin")
        case UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "?"), UInt8(ascii: "#"):
            return try self.scanMark(byte)
        case UInt8(ascii: "["), UInt8(ascii: "]"):
            guard self.dialect == .postgresql else { break }
            return .symbol
        case _ where Self.operators.contains(byte): return .symbol
        default: break
        }
        throw self.error(.malformed, at: start, "a character that begins no token of this dialect")
    }

    /// What the first characters of parameters, variables and casts begin.
    private mutating func scanMark(_ byte: UInt8) throws(SQLError) -> SQLToken.Kind {
        if self.dialect == .sqlite {
            guard byte != UInt8(ascii: "#") else {
                throw self.error(.malformed, at: self.position - 1, "a character that begins no token of this dialect")
            }
            return byte == UInt8(ascii: "?") ? try self.scanNumberedParameter() : try self.scanVariable()
        }
        guard byte == UInt8(ascii: ":") else { return .symbol }
        if self.peek() == UInt8(ascii: ":") {
            self.position += 1
            return .cast
        }
        guard self.peek() == UInt8(ascii: "=") else { return .symbol }
        self.position += 1
        return .assignment
    }

    /// A parameter of SQLite; its forms for Tcl, `$a::b` and `$a(…)`, swallow text up to a parenthesis.
    mutating func scanVariable() throws(SQLError) -> SQLToken.Kind {
        while self.peek().isWordByte || self.peek() == UInt8(ascii: "$") { self.position += 1 }
        if self.peek() == UInt8(ascii: "(") || self.peek() == UInt8(ascii: ":") {
            throw self.error(.ambiguous, at: self.position, "a parameter runs into what follows")
        }
        return .parameter
    }

    /// A parameter of SQLite such as `?1`, whose number would end at a letter.
    private mutating func scanNumberedParameter() throws(SQLError) -> SQLToken.Kind {
        while self.peek().isDigit { self.position += 1 }
        if self.peek().isWordByte || self.peek() == UInt8(ascii: "$") {
            throw self.error(.ambiguous, at: self.position, "a parameter runs into what follows")
        }
        return .parameter
    }

    private static let operators = Set("+-*/%<>=!~&|^".utf8)
}

extension UInt8 {
    /// Letters, the underscore and the bytes of other scripts: all that can begin a bare word.
    var isWordStart: Bool { self.isASCIILetter || self == UInt8(ascii: "_") || self >= 0x80 }
    /// What can stand in a bare word of every dialect but the dollar.
    var isWordByte: Bool { self.isWordStart || self.isDigit }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
    var isHexDigit: Bool { self.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
}
