extension SQLTokenizer {
    /// A string in single quotes without a prefix.
    mutating func scanString() throws(SQLError) -> SQLToken.Kind {
        if self.dialect == .sqlite {
            self.position = try self.end(of: UInt8(ascii: "'"), escapes: false)
        } else {
            try self.scanEitherWay(UInt8(ascii: "'"))
        }
        return .string
    }

    /// A string in which a backslash may or may not be an escape, as `standard_conforming_strings` or
    /// `NO_BACKSLASH_ESCAPES` say: both readings must end at the same quote.
    mutating func scanEitherWay(_ quote: UInt8) throws(SQLError) {
        let start = self.position
        let end = try self.end(of: quote, escapes: false)
        if self.bytes[start..<end].contains(UInt8(ascii: "\\")) {
            guard (try? self.end(of: quote, escapes: true)) == end else {
                throw self.error(.ambiguous, at: start, "a string whose end depends on what a backslash means")
            }
        }
        self.position = end
    }

    /// PostgreSQL's `E'…'`.
    mutating func scanEscapeString() throws(SQLError) -> SQLToken.Kind {
        self.position = try self.end(of: UInt8(ascii: "'"), escapes: true)
        return .string
    }

    /// A name in quotes, in which only the doubled quote is special.
    mutating func scanQuotedName(_ quote: UInt8) throws(SQLError) -> SQLToken.Kind {
        self.position = try self.end(of: quote, escapes: false)
        return .quotedName
    }

    /// SQLite's `[name]`, which ends at the first bracket.
    mutating func scanBracketedName() throws(SQLError) -> SQLToken.Kind {
        let start = self.position
        while self.peek() != UInt8(ascii: "]") {
            guard self.position < self.bytes.count else { throw self.error(.unterminated, at: start, "a name without an end") }
            self.position += 1
        }
        self.position += 1
        return .quotedName
    }

    /// PostgreSQL's `$1` and `$tag$…$tag$`, SQLite's `$name`.
    mutating func scanDollar() throws(SQLError) -> SQLToken.Kind {
        let start = self.position
        self.position += 1
        if self.dialect == .sqlite { return try self.scanVariable() }
        guard self.dialect == .postgresql else {
            throw self.error(.ambiguous, at: start, "a bare name that begins with a dollar")
        }
        if self.peek().isDigit {
            while self.peek().isDigit { self.position += 1 }
            guard !self.peek().isWordStart, self.peek() != UInt8(ascii: "$") else {
                throw self.error(.ambiguous, at: self.position, "a parameter runs into what follows")
            }
            return .parameter
        }
        while self.peek().isWordByte, self.peek() < 0x80 { self.position += 1 }
        guard self.peek() == UInt8(ascii: "$") else {
            throw self.error(.malformed, at: start, "a dollar that begins neither a parameter nor a string")
        }
        self.position += 1
        let tag = self.bytes[start..<self.position]
        while let dollar = self.bytes[self.position...].firstIndex(of: UInt8(ascii: "$")) {
            if self.bytes[dollar...].starts(with: tag) {
                self.position = dollar + tag.count
                return .string
            }
            // Another tag may overlap: `$a$ … $a$a$`.
            self.position = dollar + 1
        }
        throw self.error(.unterminated, at: start, "a dollar-quoted string without an end")
    }

    /// The place behind the closing quote, for a text that begins with the opening one.
    private func end(of quote: UInt8, escapes: Bool) throws(SQLError) -> Int {
        var index = self.position + 1
        while index < self.bytes.count {
            let byte = self.bytes[index]
            if escapes, byte == UInt8(ascii: "\\") {
                index += 2
            } else if byte == quote {
                guard index + 1 < self.bytes.count, self.bytes[index + 1] == quote else { return index + 1 }
                index += 2
            } else {
                index += 1
            }
        }
        throw self.error(.unterminated, at: self.position, "a string or a name without an end")
    }
}
