/// What the parser found in a pattern.
struct Syntax: Sendable {
    /// The pattern as the engine gets it: `\Z` and `\v` stand there with the meaning that Python gives them.
    var translated: [UInt8]
    var root: SyntaxNode
    var captureCount: Int
    var groupNumbers: [String: Int]
    /// Where references to groups stand in the pattern, ascending; trying one costs as much as comparing the group's text.
    var referenceOffsets: [Int]
    /// Whether a group is repeated possessively, or called from elsewhere. Machine code of PCRE2 10.42 misses matches of
    /// such, for example of `(a|ab|c){2,}+d` in `abcd`.
    var needsInterpreter: Bool
}

/// Reads a pattern in one pass, refuses what is kept out, and builds the tree for the static checks.
///
/// It follows PCRE2 in the syntax that PCRE2 and Python share, and whatever the two read differently it refuses or
/// translates. What it takes for correct is still compiled by the engine, which has the last word.
struct SyntaxParser {
    /// The flags that change how the rest of a group is read.
    struct Flags {
        var ignoresCase: Bool
        /// Whether blanks and comments between items are skipped, `(?x)`.
        var isExtended = false
    }

    static let maximumDepth = 100
    static let maximumMinimum = 1_000

    let options: PatternOptions
    var bytes: [UInt8]
    var index = 0
    var flags: Flags
    var captureCount = 0
    var groupNumbers: [String: Int] = [:]
    var referenceOffsets: [Int] = []
    var needsInterpreter = false
    private var depth = 0

    /// Reads a whole pattern.
    ///
    /// - Throws: ``PatternError`` with code `malformed` or `refusedConstruct`, and the place.
    static func parse(_ text: String, options: PatternOptions) throws(PatternError) -> Syntax {
        var parser = SyntaxParser(text, options: options)
        if options.encoding == .bytes, let place = parser.bytes.firstIndex(where: { $0 >= 128 }) {
            throw PatternError(.refusedConstruct, message: "patterns for bytes are ASCII; write \\xHH", offset: place)
        }
        let root = try parser.parseChoice()
        guard parser.index == parser.bytes.count else { throw parser.malformed("unmatched closing parenthesis") }
        return Syntax(
            translated: parser.bytes,
            root: root,
            captureCount: parser.captureCount,
            groupNumbers: parser.groupNumbers,
            referenceOffsets: parser.referenceOffsets,
            needsInterpreter: parser.needsInterpreter
        )
    }

    private init(_ text: String, options: PatternOptions) {
        self.options = options
        self.bytes = Array(text.utf8)
        self.flags = Flags(ignoresCase: options.ignoresCase)
    }

    /// The byte at a distance from the present place, or nil beyond the end.
    func peek(_ distance: Int = 0) -> UInt8? {
        let place = self.index + distance
        return self.bytes.indices.contains(place) ? self.bytes[place] : nil
    }

    func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { self.bytes.dropFirst(self.index).starts(with: $0) }
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard self.peek() == byte else { return false }
        self.index += 1
        return true
    }

    func malformed(_ message: String, at offset: Int? = nil) -> PatternError {
        PatternError(.malformed, message: message, offset: offset ?? self.index)
    }

    func refused(_ message: String, at offset: Int? = nil) -> PatternError {
        PatternError(.refusedConstruct, message: message, offset: offset ?? self.index)
    }

    // MARK: - Alternatives and sequences

    /// Reads alternatives up to a closing parenthesis or the end, which it leaves.
    mutating func parseChoice() throws(PatternError) -> SyntaxNode {
        self.depth += 1
        defer { self.depth -= 1 }
        guard self.depth <= Self.maximumDepth else { throw self.refused("groups are nested too deeply") }
        var branches = [try self.parseSequence()]
        while self.skip(UInt8(ascii: "|")) { branches.append(try self.parseSequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func parseSequence() throws(PatternError) -> SyntaxNode {
        var items: [SyntaxNode] = []
        var canRepeat = false
        while true {
            if self.flags.isExtended { try self.skipBlanks() }
            guard let byte = self.peek(), byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") else { break }
            if self.starts(with: "(?#") {
                try self.skipComment()
                continue
            }
            let start = self.index
            if let (minimum, maximum) = try self.parseQuantifier() {
                guard canRepeat, let body = items.popLast() else {
                    throw self.malformed("a repeat follows nothing that can be repeated", at: start)
                }
                canRepeat = false
                let isPossessive = self.skip(UInt8(ascii: "+"))
                if !isPossessive { _ = self.skip(UInt8(ascii: "?")) }
                if isPossessive, !body.isCharacter { self.needsInterpreter = true }
                items.append(.repeated(body, minimum: minimum, maximum: maximum, isPossessive: isPossessive))
            } else {
                items.append(try self.parseItem())
                canRepeat = true
            }
        }
        return items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func parseItem() throws(PatternError) -> SyntaxNode {
        switch self.peek() {
        case UInt8(ascii: "("):
            return try self.parseGroup()
        case UInt8(ascii: "["):
            return .character(try self.parseClass())
        case UInt8(ascii: "\\"):
            return try self.parseEscape()
        case UInt8(ascii: "^"), UInt8(ascii: "$"):
            self.index += 1
            return .place
        case UInt8(ascii: "."):
            self.index += 1
            return .character(self.anyCharacter)
        default:
            return .character(self.single(try self.takeScalar()))
        }
    }

    // MARK: - Repeats, blanks and comments

    /// The repeat that stands here, or nil if something else does.
    private mutating func parseQuantifier() throws(PatternError) -> (minimum: Int, maximum: Int?)? {
        switch self.peek() {
        case UInt8(ascii: "*"):
            self.index += 1
            return (0, nil)
        case UInt8(ascii: "+"):
            self.index += 1
            return (1, nil)
        case UInt8(ascii: "?"):
            self.index += 1
            return (0, 1)
        case UInt8(ascii: "{"):
            return try self.parseBraces()
        default:
            return nil
        }
    }

    /// Reads `{3}`, `{3,}` and `{3,5}`; braces around anything but digits, commas and blanks are plain text.
    private mutating func parseBraces() throws(PatternError) -> (minimum: Int, maximum: Int?)? {
        let start = self.index
        guard let close = self.bytes[start...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
        let inner = self.bytes[(start + 1)..<close]
        guard !inner.isEmpty, inner.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ",") || $0 == 32 || $0 == 9 }) else {
            return nil
        }
        let parts = inner.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts[0].isEmpty, parts.allSatisfy({ $0.allSatisfy(\.isDigit) }) else {
            throw self.refused("dialects read these braces differently; write {0,n}, or \\{ for text")
        }
        guard let minimum = Self.number(parts[0]), minimum <= Self.maximumMinimum else {
            throw self.refused("a repeat asks for more than \(Self.maximumMinimum) times at least")
        }
        self.index = close + 1
        guard parts.count == 2 else { return (minimum, minimum) }
        guard !parts[1].isEmpty else { return (minimum, nil) }
        guard let maximum = Self.number(parts[1]), maximum <= 65_535 else {
            throw self.malformed("a number in a repeat is too big", at: start)
        }
        guard maximum >= minimum else { throw self.malformed("the numbers of a repeat are out of order", at: start) }
        return (minimum, maximum)
    }

    /// A decimal number of up to nine digits.
    static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy(\.isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private mutating func skipBlanks() throws(PatternError) {
        while let byte = self.peek() {
            if byte == 32 || (9...13).contains(byte) {
                self.index += 1
            } else if byte == UInt8(ascii: "#") {
                while let byte = self.peek(), byte != 10 { _ = self.skip(byte) }
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(PatternError) {
        guard let close = self.bytes[self.index...].firstIndex(of: UInt8(ascii: ")")) else {
            throw self.malformed("a comment has no end")
        }
        self.index = close + 1
    }

    // MARK: - Characters

    /// Takes the character that stands here as it is.
    mutating func takeScalar() throws(PatternError) -> Unicode.Scalar {
        let start = self.index
        var decoder = UTF8()
        var rest = self.bytes[start...].prefix(4).makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&rest) else { throw self.malformed("the pattern ends too early") }
        self.index += UTF8.width(scalar)
        if self.flags.isExtended, [0x85, 0x200E, 0x200F, 0x2028, 0x2029].contains(scalar.value) {
            throw self.refused("a blank beyond ASCII is text to some and nothing to others", at: start)
        }
        return scalar
    }

    var anyCharacter: CharacterSet {
        CharacterSet(ascii: .all, hasOthers: true, maximumBytes: self.options.encoding == .utf8 ? 4 : 1)
    }

    /// The set of one character.
    func single(_ scalar: Unicode.Scalar) -> CharacterSet {
        var set = CharacterSet(ignoresCase: self.flags.ignoresCase)
        self.insert(scalar, into: &set)
        self.close(&set)
        return set
    }

    /// Adds a character; ``close(_:)`` comes after the last.
    func insert(_ scalar: Unicode.Scalar, into set: inout CharacterSet) {
        if scalar.isASCII {
            set.ascii.insert(UInt8(scalar.value))
        } else if self.options.encoding == .bytes {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            if set.only != nil, set.only != [byte] { set.hasOthers = true }
            set.only = [byte]
        } else {
            let text = Array(String(scalar).utf8)
            if self.flags.ignoresCase || (set.only != nil && set.only != text) { set.hasOthers = true }
            set.only = text
            set.maximumBytes = self.flags.ignoresCase ? 4 : max(set.maximumBytes, text.count)
        }
    }

    /// Adds the other case of what is in the set. In Unicode, `k` has the Kelvin sign and `s` the long s besides.
    func close(_ set: inout CharacterSet) {
        guard set.ignoresCase else { return }
        set.ascii.insertOtherCases()
        if self.options.encoding == .utf8, set.ascii.contains(UInt8(ascii: "k")) || set.ascii.contains(UInt8(ascii: "s")) {
            set.hasOthers = true
            set.maximumBytes = max(set.maximumBytes, 3)
        }
    }
}
