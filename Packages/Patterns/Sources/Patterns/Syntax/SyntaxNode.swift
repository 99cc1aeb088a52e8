/// A pattern as a tree, as far as the static checks need it.
indirect enum SyntaxNode: Sendable {
    /// Something that matches a place and no bytes: an anchor, `\b`, a switch of flags.
    case place
    /// One character out of a set.
    case character(CharacterSet)
    /// Up to so many bytes of which nothing else is known.
    case opaque(maximumBytes: Int)
    /// One after the other.
    case sequence([SyntaxNode])
    /// One of them.
    case choice([SyntaxNode])
    /// A group that remembers what it matched.
    case capture(Int, SyntaxNode)
    /// A group that is not entered again once it has matched.
    case atomic(SyntaxNode)
    /// A look at what follows or precedes; matches a place.
    case lookaround(SyntaxNode)
    /// A body again and again; no `maximum` means without end, and a possessive repeat gives nothing back.
    case repeated(SyntaxNode, minimum: Int, maximum: Int?, isPossessive: Bool)
    /// What a group has matched before.
    case reference(Int, ignoresCase: Bool)
    /// A group of the pattern called from elsewhere in it.
    case recursion

    var isCharacter: Bool {
        if case .character = self { true } else { false }
    }
}

/// The characters that one place of a text may have.
struct CharacterSet: Sendable {
    /// Which of the 128 ASCII characters are in the set.
    var ascii = ASCIISet()
    /// The text of the only member beyond ASCII, if it is the only member of all.
    var only: [UInt8]?
    /// Whether there may be members beyond ASCII, other than `only`.
    var hasOthers = false
    /// Whether the members stand for both cases.
    var ignoresCase = false
    /// The longest member in bytes.
    var maximumBytes = 1

    /// The members as texts, if they are few and all are known; in lower case if both cases are meant.
    func members(atMost limit: Int) -> [[UInt8]]? {
        if let only { return self.hasOthers || self.ascii.count > 0 ? nil : [only] }
        guard !self.hasOthers, self.ascii.count <= 2 * limit else { return nil }
        var members: [[UInt8]] = []
        for byte in UInt8(0)..<128 where self.ascii.contains(byte) {
            let text = [self.ignoresCase ? byte.lowercased : byte]
            if !members.contains(text) { members.append(text) }
        }
        return members.count <= limit ? members : nil
    }
}

/// A set of ASCII characters.
struct ASCIISet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    static let all: ASCIISet = {
        var set = ASCIISet()
        set.insert(0...127)
        return set
    }()

    var count: Int { self.low.nonzeroBitCount + self.high.nonzeroBitCount }

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? self.low & (1 << UInt64(byte)) != 0 : byte < 128 && self.high & (1 << UInt64(byte - 64)) != 0
    }

    mutating func insert(_ byte: UInt8) {
        if byte < 64 {
            self.low |= 1 << UInt64(byte)
        } else if byte < 128 {
            self.high |= 1 << UInt64(byte - 64)
        }
    }

    mutating func insert(_ bytes: ClosedRange<UInt8>) {
        for byte in bytes { self.insert(byte) }
    }

    mutating func invert() {
        self.low = ~self.low
        self.high = ~self.high
    }

    /// Adds the other case of each letter.
    mutating func insertOtherCases() {
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
            if self.contains(letter) || self.contains(letter - 32) {
                self.insert(letter)
                self.insert(letter - 32)
            }
        }
    }
}

extension UInt8 {
    /// The ASCII letter in lower case, anything else as it is.
    var lowercased: UInt8 { (65...90).contains(self) ? self + 32 : self }
    var isDigit: Bool { (48...57).contains(self) }
    var isOctalDigit: Bool { (48...55).contains(self) }
    var isLetter: Bool { (97...122).contains(self.lowercased) }

    /// The value of a hexadecimal digit.
    var hexValue: UInt32? {
        switch self {
        case 48...57: UInt32(self - 48)
        case 97...102: UInt32(self - 87)
        case 65...70: UInt32(self - 55)
        default: nil
        }
    }
}
