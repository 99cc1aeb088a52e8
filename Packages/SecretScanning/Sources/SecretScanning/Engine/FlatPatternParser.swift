/// Reads the notation of flat patterns; a mistake in a rule stops the program at the first scan, which the tests make.
struct FlatPatternParser {
    private let bytes: [UInt8]
    private var position = 0

    private(set) var items: [FlatPattern.Item] = []
    private(set) var secretStart: Int?
    private(set) var secretEnd: Int?

    init(_ notation: String) {
        self.bytes = Array(notation.utf8)
    }

    mutating func parse() {
        var literal: [UInt8] = []
        while let byte = self.next() {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "<"), UInt8(ascii: ">"):
                if !literal.isEmpty { self.items.append(.literals([literal])) }
                literal = []
            default: literal.append(byte)
            }
            switch byte {
            case UInt8(ascii: "["): self.items.append(self.run())
            case UInt8(ascii: "("): self.items.append(.literals(self.choices()))
            case UInt8(ascii: "<"): self.secretStart = self.items.count
            case UInt8(ascii: ">"): self.secretEnd = self.items.count
            default: break
            }
        }
        if !literal.isEmpty { self.items.append(.literals([literal])) }
    }

    private mutating func next() -> UInt8? {
        guard self.position < self.bytes.count else { return nil }
        defer { self.position += 1 }
        return self.bytes[self.position]
    }

    private mutating func choices() -> [[UInt8]] {
        var choices: [[UInt8]] = [[]]
        while let byte = self.next(), byte != UInt8(ascii: ")") {
            if byte == UInt8(ascii: "|") { choices.append([]) } else { choices[choices.count - 1].append(byte) }
        }
        return choices
    }

    private mutating func run() -> FlatPattern.Item {
        var text: [UInt8] = []
        while let byte = self.next(), byte != UInt8(ascii: "]") { text.append(byte) }
        var atoms: Atoms = []
        var index = 0
        while index < text.count {
            if index + 2 < text.count, text[index + 1] == UInt8(ascii: "-"), text[index] != UInt8(ascii: "_") {
                atoms.formUnion(Self.range(text[index], text[index + 2]))
                index += 3
            } else {
                atoms.formUnion(Atoms.of(text[index]))
                index += 1
            }
        }
        guard self.position < self.bytes.count, self.bytes[self.position] == UInt8(ascii: "{") else {
            return .run(atoms, minimum: 1, maximum: 1)
        }
        self.position += 1
        var bounds: [Int] = [0]
        while let byte = self.next(), byte != UInt8(ascii: "}") {
            if byte == UInt8(ascii: ",") {
                bounds.append(0)
            } else {
                bounds[bounds.count - 1] = bounds[bounds.count - 1] * 10 + Int(byte - UInt8(ascii: "0"))
            }
        }
        return .run(atoms, minimum: bounds[0], maximum: bounds[bounds.count - 1])
    }

    private static func range(_ first: UInt8, _ last: UInt8) -> Atoms {
        switch (first, last) {
        case (UInt8(ascii: "0"), UInt8(ascii: "9")): .digit
        case (UInt8(ascii: "2"), UInt8(ascii: "7")): .digitOfBase32
        case (UInt8(ascii: "a"), UInt8(ascii: "f")): .lowerHex
        case (UInt8(ascii: "A"), UInt8(ascii: "F")): .upperHex
        case (UInt8(ascii: "a"), UInt8(ascii: "z")): .lower
        case (UInt8(ascii: "A"), UInt8(ascii: "Z")): .upper
        default: preconditionFailure("only the ranges 0-9, 2-7, a-f, A-F, a-z and A-Z are known")
        }
    }
}
