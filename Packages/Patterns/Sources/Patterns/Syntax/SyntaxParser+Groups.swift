extension SyntaxParser {
    /// Reads what begins with an opening parenthesis, up to the closing one.
    mutating func parseGroup() throws(PatternError) -> SyntaxNode {
        let start = self.index
        self.index += 1
        guard self.peek() != UInt8(ascii: "*") else {
            throw self.refused("verbs such as (*LIMIT_MATCH=…) are kept out", at: start)
        }
        guard self.skip(UInt8(ascii: "?")) else { return try self.parseCapture(named: nil, from: start) }
        guard let kind = self.peek() else { throw self.malformed("a group has no end", at: start) }
        self.index += 1
        switch kind {
        case UInt8(ascii: ":"):
            return try self.parseBody(from: start)
        case UInt8(ascii: ">"):
            return .atomic(try self.parseBody(from: start))
        case UInt8(ascii: "="), UInt8(ascii: "!"):
            return .lookaround(try self.parseBody(from: start))
        case UInt8(ascii: "<"):
            if self.peek() == UInt8(ascii: "=") || self.peek() == UInt8(ascii: "!") {
                self.index += 1
                return try self.parseLookbehind(from: start)
            }
            return try self.parseCapture(named: try self.takeName(until: UInt8(ascii: ">")), from: start)
        case UInt8(ascii: "'"):
            return try self.parseCapture(named: try self.takeName(until: UInt8(ascii: "'")), from: start)
        case UInt8(ascii: "P"):
            return try self.parsePythonGroup(from: start)
        case UInt8(ascii: "("):
            return try self.parseConditional(from: start)
        case UInt8(ascii: "R"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try self.parseRecursion(from: start)
        case UInt8(ascii: "-") where self.peek()?.isDigit == true:
            return try self.parseRecursion(from: start)
        case UInt8(ascii: "C"):
            throw self.refused("callouts are kept out", at: start)
        default:
            self.index -= 1
            return try self.parseFlags(from: start)
        }
    }

    /// Reads the inside of a group and its closing parenthesis; flags set inside end there.
    private mutating func parseBody(from start: Int) throws(PatternError) -> SyntaxNode {
        let outer = self.flags
        let body = try self.parseChoice()
        guard self.skip(UInt8(ascii: ")")) else { throw self.malformed("a group has no end", at: start) }
        self.flags = outer
        return body
    }

    private mutating func parseCapture(named name: String?, from start: Int) throws(PatternError) -> SyntaxNode {
        self.captureCount += 1
        let number = self.captureCount
        if let name {
            guard self.groupNumbers.updateValue(number, forKey: name) == nil else {
                throw self.malformed("two groups have one name", at: start)
            }
        }
        return .capture(number, try self.parseBody(from: start))
    }

    private mutating func parseLookbehind(from start: Int) throws(PatternError) -> SyntaxNode {
        let body = try self.parseBody(from: start)
        guard let length = LengthBound.maximum(of: body), length <= LengthBound.longestLookbehind else {
            throw self.refused("a look behind may span \(LengthBound.longestLookbehind) bytes", at: start)
        }
        return .lookaround(body)
    }

    /// Reads `(?P<name>…)`, `(?P=name)` and `(?P>name)`, behind the `P`.
    private mutating func parsePythonGroup(from start: Int) throws(PatternError) -> SyntaxNode {
        if self.skip(UInt8(ascii: "<")) {
            return try self.parseCapture(named: try self.takeName(until: UInt8(ascii: ">")), from: start)
        }
        if self.skip(UInt8(ascii: "=")) {
            return self.reference(named: try self.takeName(until: UInt8(ascii: ")")), from: start)
        }
        if self.skip(UInt8(ascii: ">")) {
            _ = try self.takeName(until: UInt8(ascii: ")"))
            self.needsInterpreter = true
            return .recursion
        }
        throw self.malformed("unknown kind of group", at: start)
    }

    /// Reads `(?(1)yes|no)` and `(?(name)yes|no)`; the other conditions of PCRE2 are kept out.
    private mutating func parseConditional(from start: Int) throws(PatternError) -> SyntaxNode {
        var condition: [UInt8] = []
        while let byte = self.peek(), byte.isDigit || byte.isLetter || "_<>'".utf8.contains(byte) {
            condition.append(byte)
            self.index += 1
        }
        guard self.skip(UInt8(ascii: ")")), let first = condition.first, first != UInt8(ascii: "R") else {
            throw self.refused("a condition names a group, and not one that begins with R", at: start)
        }
        let name = condition.filter { !"<>'".utf8.contains($0) }
        guard first.isDigit || self.groupNumbers[String(decoding: name, as: UTF8.self)] != nil else {
            throw self.refused("a condition names a group before it", at: start)
        }
        let body = try self.parseBody(from: start)
        if case .choice(let branches) = body {
            guard branches.count <= 2 else { throw self.malformed("a condition has more than two branches", at: start) }
            return body
        }
        return .choice([body, .sequence([])])
    }

    /// Reads `(?R)`, `(?1)`, `(?-1)`, `(?+1)` and `(?&name)`, behind the first of their characters.
    private mutating func parseRecursion(from start: Int) throws(PatternError) -> SyntaxNode {
        while let byte = self.peek(), byte.isDigit || byte.isLetter || byte == UInt8(ascii: "_") { self.index += 1 }
        guard self.skip(UInt8(ascii: ")")) else { throw self.malformed("a call of a group has no end", at: start) }
        self.needsInterpreter = true
        return .recursion
    }

    /// Reads `(?i)`, `(?i:…)`, `(?-s)` and the like.
    private mutating func parseFlags(from start: Int) throws(PatternError) -> SyntaxNode {
        let outer = self.flags
        var isSet = true
        var seen: [UInt8] = []
        while let byte = self.peek(), byte != UInt8(ascii: ")"), byte != UInt8(ascii: ":") {
            switch byte {
            case UInt8(ascii: "-") where isSet: isSet = false
            case UInt8(ascii: "i"): self.flags.ignoresCase = isSet
            case UInt8(ascii: "x"): self.flags.isExtended = isSet
            case UInt8(ascii: "m"), UInt8(ascii: "s"): break
            default: throw self.refused("groups and flags other than those of Python are kept out")
            }
            guard !seen.contains(byte) else { throw self.refused("a flag is named twice") }
            seen.append(byte)
            self.index += 1
        }
        if self.skip(UInt8(ascii: ")")) { return .place }
        guard self.skip(UInt8(ascii: ":")) else { throw self.malformed("a group has no end", at: start) }
        let body = try self.parseBody(from: start)
        self.flags = outer
        return body
    }

    /// Takes a name and the byte behind it.
    mutating func takeName(until end: UInt8) throws(PatternError) -> String {
        let start = self.index
        while let byte = self.peek(), byte.isLetter || byte == UInt8(ascii: "_") || (self.index > start && byte.isDigit) {
            self.index += 1
        }
        let name = self.bytes[start..<self.index]
        guard !name.isEmpty, name.count <= 32, self.skip(end) else {
            throw self.malformed("a group name is up to 32 ASCII letters, digits and _", at: start)
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// A reference to a group by its name; to one that comes later, nothing is known.
    mutating func reference(named name: String, from start: Int) -> SyntaxNode {
        self.referenceOffsets.append(start)
        guard let number = self.groupNumbers[name] else { return .recursion }
        return .reference(number, ignoresCase: self.flags.ignoresCase)
    }
}
