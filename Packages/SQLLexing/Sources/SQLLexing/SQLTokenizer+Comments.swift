extension SQLTokenizer {
    /// Skips blanks and the comments of the dialect.
    mutating func skipBlanks() throws(SQLError) {
        while true {
            let byte = self.peek()
            if byte.isBlank {
                self.position += 1
            } else if byte == UInt8(ascii: "-"), self.peek(1) == byte {
                // MySQL reads two minus signs where no blank follows, the others a comment.
                if self.dialect == .mysql, self.position + 2 < self.bytes.count, !self.peek(2).isBlank {
                    throw self.error(.ambiguous, at: self.position, "two minus signs without a blank behind them")
                }
                try self.skipLine()
            } else if byte == UInt8(ascii: "#"), self.dialect == .mysql {
                try self.skipLine()
            } else if byte == UInt8(ascii: "/"), self.peek(1) == UInt8(ascii: "*") {
                try self.skipComment()
            } else {
                return
            }
        }
    }

    /// A comment up to the end of its line. PostgreSQL ends it at a lone carriage return, the others do not.
    private mutating func skipLine() throws(SQLError) {
        while self.position < self.bytes.count, self.peek() != UInt8(ascii: "\n") {
            if self.peek() == UInt8(ascii: "\r"), self.peek(1) != UInt8(ascii: "\n") {
                throw self.error(.ambiguous, at: self.position, "a carriage return without a line feed in a comment")
            }
            self.position += 1
        }
    }

    /// A comment between `/*` and `*/`, which nests in PostgreSQL alone.
    private mutating func skipComment() throws(SQLError) {
        let start = self.position
        if self.dialect == .mysql, [UInt8(ascii: "!"), UInt8(ascii: "+"), UInt8(ascii: "M")].contains(self.peek(2)) {
            // `/*!50000 … */` is code for some versions, `/*M! … */` for MariaDB, and `/*+ SET_VAR(…) */` sets variables.
            guard self.peek(2) == UInt8(ascii: "M"), self.peek(3) != UInt8(ascii: "!") else {
                throw self.error(.ambiguous, at: start, "a comment that some servers execute")
            }
        }
        var depth = 1
        self.position += 2
        while self.position < self.bytes.count {
            if self.peek() == UInt8(ascii: "*"), self.peek(1) == UInt8(ascii: "/") {
                self.position += 2
                depth -= 1
                if depth == 0 { return }
            } else if self.peek() == UInt8(ascii: "/"), self.peek(1) == UInt8(ascii: "*") {
                guard self.dialect == .postgresql else {
                    throw self.error(.ambiguous, at: self.position, "a comment begins inside a comment")
                }
                depth += 1
                guard depth <= SQLScript.maximumDepth else {
                    throw self.error(.tooDeep, at: self.position, "too many comments inside each other")
                }
                self.position += 2
            } else {
                self.position += 1
            }
        }
        throw self.error(.unterminated, at: start, "a comment without an end")
    }
}
