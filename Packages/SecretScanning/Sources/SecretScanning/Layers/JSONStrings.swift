/// The strings and numbers of a JSON text in their order, found without building a tree and without taking memory.
///
/// It is tolerant: duplicate keys, any depth and any UTF-8 pass. A byte that can stand nowhere outside a string ends it as no JSON.
struct JSONStrings {
    enum Token {
        /// The inside of a string that is a key.
        case key(Range<Int>, hasEscapes: Bool)
        /// The inside of a string that is a value.
        case string(Range<Int>, hasEscapes: Bool)
        /// A number.
        case number(Range<Int>)
        case beginObject, beginArray, end, comma
        /// `true`, `false`, `null`
        case literal
    }

    let text: ByteText
    private(set) var offset = 0
    /// Whether something was met that JSON does not have.
    private(set) var isBroken = false

    init(_ text: ByteText) {
        self.text = text
    }

    mutating func next() -> Token? {
        while self.offset < self.text.count {
            let start = self.offset
            let byte = self.text[start]
            self.offset &+= 1
            switch byte {
            case UInt8(ascii: " "), 9, 10, 13, UInt8(ascii: ":"): continue
            case UInt8(ascii: ","): return .comma
            case UInt8(ascii: "{"): return .beginObject
            case UInt8(ascii: "["): return .beginArray
            case UInt8(ascii: "}"), UInt8(ascii: "]"): return .end
            case UInt8(ascii: "\""): return self.string(from: start)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                while self.text.has([.digit, .dash, .dot, .plusOrSlash, .lowerHex, .upperHex], at: self.offset) {
                    self.offset &+= 1
                }
                return .number(start..<self.offset)
            case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
                for literal in ["true", "false", "null"] as [StaticString] where self.text.matches(literal, at: start) {
                    self.offset = start &+ literal.utf8CodeUnitCount
                    return .literal
                }
                self.isBroken = true
                return nil
            default:
                self.isBroken = true
                return nil
            }
        }
        return nil
    }

    private mutating func string(from quote: Int) -> Token? {
        var hasEscapes = false
        let (base, count) = (self.text.base, self.text.count)
        while self.offset < count {
            var end = self.offset
            while end < count, base[end] != UInt8(ascii: "\""), base[end] != UInt8(ascii: "\\") { end &+= 1 }
            self.offset = end
            let byte = self.text[end]
            if byte == UInt8(ascii: "\"") {
                let inside = (quote &+ 1)..<self.offset
                self.offset &+= 1
                var after = self.offset
                while self.text[after] == UInt8(ascii: " ") || (9...13).contains(self.text[after]) { after &+= 1 }
                if self.text[after] == UInt8(ascii: ":") { return .key(inside, hasEscapes: hasEscapes) }
                return .string(inside, hasEscapes: hasEscapes)
            }
            hasEscapes = true
            self.offset &+= 2
        }
        self.isBroken = true
        return nil
    }
}
