/// Undoes the ways in which a character is written by its number or name: `%2e`, `%u002e`, `&#46;`, `&#x2e;`, `&period;`, `\u002e`
/// and `\x2e`.
///
/// Bytes are moved over one by one, and whenever the end of what is kept reads as an escape, what it means takes its place. So
/// escapes inside each other, of all kinds and however deep, are undone in one pass, in time linear in the text.
struct EscapeDecoding {
    /// What the text means so far.
    private(set) var bytes: [UInt8] = []
    /// For each byte where what it was made of begins in the text, and where that ends; empty unless asked for.
    private(set) var starts: [UInt32] = []
    private(set) var ends: [UInt32] = []
    private let tracksPlaces: Bool
    private var hasChanged = false
    /// Where the last `&` was put; it may be gone, and then an earlier one is the last.
    private var lastMark = -longestReference

    private init(tracksPlaces: Bool, capacity: Int) {
        self.tracksPlaces = tracksPlaces
        self.bytes.reserveCapacity(capacity)
        if tracksPlaces {
            self.starts.reserveCapacity(capacity)
            self.ends.reserveCapacity(capacity)
        }
    }

    /// The text without escapes; nil when there are none. Bytes that are no UTF-8 become U+FFFD, so that one of them hides nothing
    /// of the rest; constraints on paths refuse them by themselves.
    static func decoded(_ text: String) -> String? {
        let machine = text.withUTF8Bytes { bytes -> EscapeDecoding? in
            guard bytes.contains(where: Self.begins) else { return nil }
            var machine = EscapeDecoding(tracksPlaces: false, capacity: bytes.count)
            for byte in bytes { machine.push(byte, from: 0, to: 0) }
            machine.finish()
            return machine.hasChanged ? machine : nil
        }
        return machine.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// Bytes without escapes, with their places; nil when there are none.
    static func decoded(_ bytes: [UInt8], starts: [UInt32], ends: [UInt32]) -> EscapeDecoding? {
        guard bytes.contains(where: Self.begins) else { return nil }
        var machine = EscapeDecoding(tracksPlaces: true, capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { machine.push(byte, from: starts[index], to: ends[index]) }
        machine.finish()
        return machine.hasChanged ? machine : nil
    }

    private static func begins(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "\\")
    }

    private mutating func push(_ byte: UInt8, from start: UInt32, to end: UInt32) {
        self.endReference(before: byte)
        self.settle()
        self.append(byte, start, end)
        self.settle()
    }

    private mutating func settle() {
        while let (length, value) = self.escapeAtEnd() { self.replace(last: length, by: value) }
    }

    private mutating func append(_ byte: UInt8, _ start: UInt32, _ end: UInt32) {
        if byte == UInt8(ascii: "&") { self.lastMark = self.bytes.count }
        self.bytes.append(byte)
        guard self.tracksPlaces else { return }
        self.starts.append(start)
        self.ends.append(end)
    }

    private mutating func finish() {
        self.closeReference(before: 0)
        self.settle()
    }

    private mutating func replace(last length: Int, by value: [UInt8]) {
        self.hasChanged = true
        let first = self.bytes.count - length
        self.bytes.removeLast(length)
        var (start, end) = (UInt32(0), UInt32(0))
        if self.tracksPlaces {
            (start, end) = (self.starts[first], self.ends[self.ends.count - 1])
            self.starts.removeLast(length)
            self.ends.removeLast(length)
        }
        if let byte = value.first { self.endReference(before: byte) }
        for byte in value { self.append(byte, start, end) }
    }

    /// A reference by number may leave out its semicolon; then what follows ends it, unless that may become the semicolon.
    private mutating func endReference(before byte: UInt8) {
        guard byte != UInt8(ascii: ";"), byte != UInt8(ascii: "%"), byte != UInt8(ascii: "\\"), let last = self.bytes.last,
            Self.digit(last) != nil
        else { return }
        self.closeReference(before: byte)
    }

    // MARK: What an escape is

    /// How many bytes at the end are one escape, and what it means.
    private func escapeAtEnd() -> (length: Int, value: [UInt8])? {
        let count = self.bytes.count
        guard count >= 3, let last = self.bytes.last else { return nil }
        if last == UInt8(ascii: ";") { return self.referenceAtEnd() }
        guard Self.digit(last) != nil else { return nil }
        if self.bytes[count - 3] == UInt8(ascii: "%"), let value = self.number(count - 2, 2) {
            return (3, [UInt8(truncatingIfNeeded: value)])
        }
        guard count >= 4, self.bytes[count - 4] == UInt8(ascii: "\\"), self.bytes[count - 3] | 0x20 == UInt8(ascii: "x"),
            let value = self.number(count - 2, 2), value < 0x80
        else { return self.codePointAtEnd() }
        return (4, [UInt8(truncatingIfNeeded: value)])
    }

    /// `%u002e` and `\u002e`.
    private func codePointAtEnd() -> (length: Int, value: [UInt8])? {
        let count = self.bytes.count
        guard count >= 6, self.bytes[count - 5] | 0x20 == UInt8(ascii: "u"),
            self.bytes[count - 6] == UInt8(ascii: "\\") || self.bytes[count - 6] == UInt8(ascii: "%"),
            let value = self.number(count - 4, 4), let encoded = Self.encoded(value)
        else { return nil }
        return (6, encoded)
    }

    /// The longest reference that is read; its number may begin with some zeros.
    private static let longestReference = 24

    private func referenceAtEnd() -> (length: Int, value: [UInt8])? {
        let count = self.bytes.count
        guard count - self.lastMark <= Self.longestReference else { return nil }
        for length in 3...Self.longestReference where length <= count {
            guard self.bytes[count - length] == UInt8(ascii: "&") else { continue }
            return self.meaning(of: self.bytes[(count - length + 1)..<(count - 1)]).map { (length, $0) }
        }
        return nil
    }

    /// Replaces `&#64` at the end, unless the next byte belongs to its number.
    private mutating func closeReference(before next: UInt8) {
        let count = self.bytes.count
        guard count - self.lastMark < Self.longestReference else { return }
        for length in 3..<Self.longestReference where length <= count {
            let byte = self.bytes[count - length]
            if byte == UInt8(ascii: "&") {
                let inside = self.bytes[(count - length + 1)...]
                guard inside.first == UInt8(ascii: "#") else { return }
                let isHexadecimal = inside.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "x")
                let goesOn = isHexadecimal ? Self.digit(next) != nil : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
                if !goesOn, let value = self.meaning(of: inside) { self.replace(last: length, by: value) }
                return
            }
            if Self.digit(byte) == nil, byte != UInt8(ascii: "#"), byte | 0x20 != UInt8(ascii: "x") { return }
        }
    }

    /// What stands between `&` and `;` means.
    private func meaning(of inside: ArraySlice<UInt8>) -> [UInt8]? {
        guard inside.first == UInt8(ascii: "#") else { return Self.names[Array(inside)] }
        var digits = inside.dropFirst()
        var base: UInt32 = 10
        if let mark = digits.first, mark | 0x20 == UInt8(ascii: "x") {
            digits = digits.dropFirst()
            base = 16
        }
        guard !digits.isEmpty else { return nil }
        var value: UInt32 = 0
        for byte in digits {
            // The number is given up once no character has it.
            guard let digit = Self.digit(byte), UInt32(digit) < base, value <= 0x10FFFF else { return nil }
            value = value * base + UInt32(digit)
        }
        return Self.encoded(value)
    }

    private func number(_ start: Int, _ count: Int) -> UInt32? {
        var value: UInt32 = 0
        for byte in self.bytes[start..<(start + count)] {
            guard let digit = Self.digit(byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private static func encoded(_ value: UInt32) -> [UInt8]? {
        Unicode.Scalar(value).flatMap { UTF8.encode($0) }.map { Array($0) }
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Names of HTML for what is in ASCII.
    private static let names: [[UInt8]: [UInt8]] = {
        let names = [
            ("amp", "&"), ("AMP", "&"), ("lt", "<"), ("LT", "<"), ("gt", ">"), ("GT", ">"), ("quot", "\""), ("QUOT", "\""),
            ("apos", "'"), ("nbsp", " "), ("commat", "@"), ("period", "."), ("colon", ":"), ("semi", ";"), ("sol", "/"),
            ("bsol", "\\"), ("lowbar", "_"), ("hyphen", "-"), ("dash", "-"), ("num", "#"), ("percnt", "%"), ("plus", "+"),
            ("equals", "="), ("comma", ","), ("excl", "!"), ("dollar", "$"), ("lpar", "("), ("rpar", ")"), ("grave", "`"),
            ("verbar", "|"), ("vert", "|"), ("ast", "*"), ("quest", "?"), ("lbrace", "{"), ("rbrace", "}"), ("lbrack", "["),
            ("rbrack", "]"), ("Tab", "\t"), ("NewLine", "\n"), ("shy", ""), ("zwj", ""), ("zwnj", ""),
        ]
        return Dictionary(names.map { (Array($0.0.utf8), Array($0.1.utf8)) }, uniquingKeysWith: { first, _ in first })
    }()
}
