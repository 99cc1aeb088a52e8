extension SyntaxParser {
    /// What an escape means inside and outside a class.
    enum Escape {
        case scalar(Unicode.Scalar)
        case set(CharacterSet)
    }

    /// Reads an escape outside a class.
    mutating func parseEscape() throws(PatternError) -> SyntaxNode {
        let start = self.index
        guard let letter = self.peek(1) else { throw self.malformed("a backslash ends the pattern") }
        switch letter {
        case UInt8(ascii: "A"), UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "z"):
            self.index += 2
            return .place
        case UInt8(ascii: "Z"):
            // To Python the very end; to PCRE2 also before a newline at the end.
            self.bytes[self.index + 1] = UInt8(ascii: "z")
            self.index += 2
            return .place
        case UInt8(ascii: "R"):
            self.index += 2
            return .opaque(maximumBytes: self.options.encoding == .utf8 ? 3 : 2)
        case UInt8(ascii: "g"), UInt8(ascii: "k"):
            self.index += 2
            return try self.parseNamedReference(letter, from: start)
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            guard self.peek(2)?.isDigit != true else {
                throw self.refused("dialects read \\ and two digits differently; write \\xHH, or name the group")
            }
            self.index += 2
            self.referenceOffsets.append(start)
            return .reference(Int(letter - 48), ignoresCase: self.flags.ignoresCase)
        default:
            switch try self.parseCharacterEscape() {
            case .scalar(let scalar): return .character(self.single(scalar))
            case .set(let set): return .character(set)
            }
        }
    }

    /// Reads what `\g` and `\k` name, behind the letter.
    private mutating func parseNamedReference(_ letter: UInt8, from start: Int) throws(PatternError) -> SyntaxNode {
        let isCall = letter == UInt8(ascii: "g")
        if self.skip(UInt8(ascii: "<")) {
            guard isCall else { return self.reference(named: try self.takeName(until: UInt8(ascii: ">")), from: start) }
            while let byte = self.peek(), byte != UInt8(ascii: ">") { self.index += 1 }
            guard self.skip(UInt8(ascii: ">")) else { throw self.malformed("a call of a group has no end", at: start) }
            self.needsInterpreter = true
            return .recursion
        }
        guard self.skip(UInt8(ascii: "{")) else {
            throw self.refused("references are written \\1, \\g{1}, \\g{-1}, \\g{name}, \\k<name> or \\k{name}", at: start)
        }
        let isRelative = isCall && self.skip(UInt8(ascii: "-"))
        guard isCall, self.peek()?.isDigit == true else {
            guard !isRelative else { throw self.malformed("a number is missing") }
            return self.reference(named: try self.takeName(until: UInt8(ascii: "}")), from: start)
        }
        let first = self.index
        while self.peek()?.isDigit == true { self.index += 1 }
        guard let number = Self.number(self.bytes[first..<self.index]), self.skip(UInt8(ascii: "}")) else {
            throw self.malformed("a reference has no end", at: start)
        }
        self.referenceOffsets.append(start)
        let target = isRelative ? self.captureCount - number + 1 : number
        guard target > 0 else { throw self.malformed("a reference to no group", at: start) }
        return .reference(target, ignoresCase: self.flags.ignoresCase)
    }

    /// Reads an escape that stands for one character.
    mutating func parseCharacterEscape() throws(PatternError) -> Escape {
        let start = self.index
        self.index += 1
        guard let letter = self.peek() else { throw self.malformed("a backslash ends the pattern", at: start) }
        guard letter.isLetter || letter.isDigit else { return .scalar(try self.takeScalar()) }
        self.index += 1
        switch letter {
        case UInt8(ascii: "a"): return .scalar("\u{07}")
        case UInt8(ascii: "e"): return .scalar("\u{1B}")
        case UInt8(ascii: "f"): return .scalar("\u{0C}")
        case UInt8(ascii: "n"): return .scalar("\n")
        case UInt8(ascii: "r"): return .scalar("\r")
        case UInt8(ascii: "t"): return .scalar("\t")
        case UInt8(ascii: "v"):
            // To Python the vertical tab; to PCRE2 any vertical blank.
            self.bytes[self.index - 1] = 11
            return .scalar("\u{0B}")
        case UInt8(ascii: "x"): return .scalar(try self.takeHexadecimal(from: start))
        case UInt8(ascii: "0"): return .scalar(self.takeOctal(0, digits: 2))
        case UInt8(ascii: "d"): return .set(self.classSet(of: .digit, isNegated: false))
        case UInt8(ascii: "w"): return .set(self.classSet(of: .word, isNegated: false))
        case UInt8(ascii: "s"): return .set(self.classSet(of: .blank, isNegated: false))
        case UInt8(ascii: "D"): return .set(self.classSet(of: .digit, isNegated: true))
        case UInt8(ascii: "W"): return .set(self.classSet(of: .word, isNegated: true))
        case UInt8(ascii: "S"): return .set(self.classSet(of: .blank, isNegated: true))
        case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "V"): return .set(self.anyCharacter)
        case UInt8(ascii: "N") where self.peek() != UInt8(ascii: "{"): return .set(self.anyCharacter)
        case UInt8(ascii: "p"), UInt8(ascii: "P"):
            try self.skipProperty(from: start)
            return .set(self.anyCharacter)
        default:
            throw self.refused("an escape that is kept out or unknown", at: start)
        }
    }

    private mutating func skipProperty(from start: Int) throws(PatternError) {
        guard self.options.encoding == .utf8 else { throw self.refused("properties are for text, not for bytes", at: start) }
        guard self.skip(UInt8(ascii: "{")) else {
            guard self.peek()?.isLetter == true else { throw self.malformed("a property has no name", at: start) }
            self.index += 1
            return
        }
        while let byte = self.peek(), byte != UInt8(ascii: "}") { self.index += 1 }
        guard self.skip(UInt8(ascii: "}")) else { throw self.malformed("a property has no end", at: start) }
    }

    /// Takes two hexadecimal digits, or any number of them in braces.
    private mutating func takeHexadecimal(from start: Int) throws(PatternError) -> Unicode.Scalar {
        var value: UInt32 = 0
        if self.skip(UInt8(ascii: "{")) {
            var digits = 0
            while let digit = self.peek()?.hexValue, digits < 6 {
                value = value << 4 | digit
                digits += 1
                self.index += 1
            }
            guard digits > 0, self.skip(UInt8(ascii: "}")) else { throw self.malformed("up to six digits belong here") }
        } else {
            guard let high = self.peek()?.hexValue, let low = self.peek(1)?.hexValue else {
                throw self.refused("\\x takes two hexadecimal digits", at: start)
            }
            value = high << 4 | low
            self.index += 2
        }
        guard let scalar = Unicode.Scalar(value), self.options.encoding == .utf8 || value < 256 else {
            throw self.malformed("no character has this number", at: start)
        }
        return scalar
    }

    /// Takes up to so many octal digits more.
    mutating func takeOctal(_ first: UInt32, digits: Int) -> Unicode.Scalar {
        var value = first
        for _ in 0..<digits {
            guard let digit = self.peek(), digit.isOctalDigit else { break }
            value = value << 3 | UInt32(digit - 48)
            self.index += 1
        }
        return Unicode.Scalar(value) ?? "\0"
    }

    /// The classes that `\d`, `\w` and `\s` name.
    enum NamedClass { case digit, word, blank }

    private func classSet(of name: NamedClass, isNegated: Bool) -> CharacterSet {
        var set = CharacterSet()
        switch name {
        case .digit:
            set.ascii.insert(48...57)
        case .word:
            set.ascii.insert(48...57)
            set.ascii.insert(65...90)
            set.ascii.insert(97...122)
            set.ascii.insert(UInt8(ascii: "_"))
        case .blank:
            set.ascii.insert(9...13)
            set.ascii.insert(32)
        }
        let isText = self.options.encoding == .utf8
        if isNegated {
            set.ascii.invert()
            set.hasOthers = true
        } else {
            set.hasOthers = isText && self.options.usesUnicodeClasses
        }
        set.maximumBytes = isText && set.hasOthers ? 4 : 1
        return set
    }
}
