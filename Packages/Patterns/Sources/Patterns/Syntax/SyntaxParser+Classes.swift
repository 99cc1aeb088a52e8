extension SyntaxParser {
    /// Reads a class in brackets.
    mutating func parseClass() throws(PatternError) -> CharacterSet {
        let start = self.index
        self.index += 1
        let isNegated = self.skip(UInt8(ascii: "^"))
        var set = CharacterSet(ignoresCase: self.flags.ignoresCase)
        var isFirst = true
        while true {
            guard let byte = self.peek() else { throw self.malformed("a class has no end", at: start) }
            if byte == UInt8(ascii: "]"), !isFirst {
                self.index += 1
                break
            }
            isFirst = false
            try self.parseClassItem(into: &set)
        }
        self.close(&set)
        guard isNegated else { return set }
        var negated = self.anyCharacter
        // With both cases meant, what is left out depends on more than ASCII; too much in the set does no harm.
        if !set.ignoresCase {
            negated.ascii = set.ascii
            negated.ascii.invert()
        }
        return negated
    }

    private mutating func parseClassItem(into set: inout CharacterSet) throws(PatternError) {
        let start = self.index
        guard let first = try self.takeClassCharacter(into: &set) else { return }
        // A hyphen before the end of the class, or before a class, is itself.
        guard self.peek() == UInt8(ascii: "-"), let next = self.peek(1), next != UInt8(ascii: "]") else {
            self.insert(first, into: &set)
            return
        }
        self.index += 1
        guard let last = try self.takeClassCharacter(into: &set) else {
            self.insert(first, into: &set)
            self.insert("-", into: &set)
            return
        }
        guard first.value <= last.value else { throw self.malformed("a range of a class is out of order", at: start) }
        if first.value < 128 {
            set.ascii.insert(UInt8(truncatingIfNeeded: first.value)...UInt8(truncatingIfNeeded: min(last.value, 127)))
        }
        if last.value >= 128 {
            set.hasOthers = true
            if self.options.encoding == .utf8 { set.maximumBytes = 4 }
        }
    }

    /// Takes one character, or adds a whole class such as `\d` to the set and returns nil.
    private mutating func takeClassCharacter(into set: inout CharacterSet) throws(PatternError) -> Unicode.Scalar? {
        guard let byte = self.peek() else { throw self.malformed("a class has no end") }
        if byte == UInt8(ascii: "["), let next = self.peek(1), ":.=".utf8.contains(next) {
            throw self.refused("dialects read classes in classes differently; write \\[ for a bracket")
        }
        guard byte == UInt8(ascii: "\\"), let letter = self.peek(1) else { return try self.takeScalar() }
        if letter == UInt8(ascii: "b") {
            self.index += 2
            return "\u{08}"
        }
        if letter.isDigit, letter != UInt8(ascii: "0") {
            throw self.refused("dialects read \\ and digits in a class differently; write \\xHH")
        }
        if "NRXZAzB".utf8.contains(letter) { throw self.refused("an escape that is no character, in a class") }
        switch try self.parseCharacterEscape() {
        case .scalar(let scalar):
            return scalar
        case .set(let other):
            for byte in UInt8(0)..<128 where other.ascii.contains(byte) { set.ascii.insert(byte) }
            set.hasOthers = set.hasOthers || other.hasOthers
            set.maximumBytes = max(set.maximumBytes, other.maximumBytes)
            return nil
        }
    }
}
