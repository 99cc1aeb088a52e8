import TestKit

/// Writes random patterns, and texts that they are likely to match.
struct PatternWriter {
    private var generator: SeededGenerator
    private let isPlain: Bool
    private var groups = 0

    /// - Parameters:
    ///   - seed: Where the random numbers begin.
    ///   - isPlain: Whether to write only what certainly matches the texts: no looks around, references or possessive repeats.
    init(seed: UInt64, isPlain: Bool = false) {
        self.generator = SeededGenerator(seed: seed)
        self.isPlain = isPlain
    }

    mutating func flip(_ one: Int = 2) -> Bool { Int.random(in: 0..<one, using: &self.generator) == 0 }

    /// A pattern with a few texts.
    mutating func write() -> (pattern: String, subjects: [String]) {
        self.groups = 0
        let part = self.choice(depth: 0)
        var subjects = (0..<4).map { _ in part.text(&self.generator) }
        if !self.isPlain, self.flip() { subjects.append("xx " + (subjects.first ?? "").uppercased() + "\n\u{17F}\u{212A}aabb") }
        return (part.pattern, subjects)
    }

    /// A part of a pattern, and a way to write a text for it.
    private struct Part {
        var pattern: String
        var text: (inout SeededGenerator) -> String
    }

    private mutating func choice(depth: Int) -> Part {
        let branches = (0..<(self.flip(3) ? 3 : 1)).map { _ in self.sequence(depth: depth) }
        return Part(pattern: branches.map(\.pattern).joined(separator: "|")) {
            branches[Int.random(in: branches.indices, using: &$0)].text(&$0)
        }
    }

    private mutating func sequence(depth: Int) -> Part {
        let parts = (0..<Int.random(in: 0...4, using: &self.generator)).map { _ in self.item(depth: depth) }
        return Part(pattern: parts.map(\.pattern).joined()) { generator in
            parts.map { $0.text(&generator) }.joined()
        }
    }

    private mutating func item(depth: Int) -> Part {
        let part = self.atom(depth: depth)
        guard self.flip(3) else { return part }
        let (minimum, maximum, sign) =
            [(0, 1, "?"), (0, 3, "*"), (1, 3, "+"), (2, 2, "{2}"), (1, 3, "{1,3}"), (2, 4, "{2,}"), (0, 0, "{0}")]
            .randomElement(using: &self.generator) ?? (0, 1, "?")
        let suffix = self.flip(4) ? "?" : !self.isPlain && self.flip(6) ? "+" : ""
        return Part(pattern: part.pattern + sign + suffix) { generator in
            (0..<Int.random(in: minimum...maximum, using: &generator)).map { _ in part.text(&generator) }.joined()
        }
    }

    private mutating func atom(depth: Int) -> Part {
        switch Int.random(in: 0..<(depth < 4 ? 14 : 8), using: &self.generator) {
        case 0...4:
            return self.one(of: [
                ("a", "a"), ("b", "b"), ("k", "k"), ("S", "S"), ("=", "="), (#"\."#, "."), (#"\x41"#, "A"), (#"\t"#, "\t"),
            ])
        case 5:
            return self.one(of: [
                ("é", "é"), ("\u{212A}", "\u{212A}"), (#"\xE9"#, "é"), ("ſ", "ſ"), ("\u{1F600}", "\u{1F600}"), (#"\-"#, "-"),
            ])
        case 6:
            return self.one(of: [
                ("[ab]", "b"), ("[^ab]", "c"), (#"[\d_]"#, "7"), ("[a-f]", "e"), ("[é-ü]", "ö"), ("[]k-]", "-"), (#"[\w.]"#, "é"),
                ("[sé]", "s"),
            ])
        case 7:
            return self.one(of: [
                (".", "é"), (#"\d"#, "4"), (#"\w"#, "k"), (#"\s"#, " "), (#"\S"#, "\u{1F600}"), (#"\R"#, "\r\n"), (#"\D"#, "x"),
            ])
        case 8, 9:
            self.groups += 1
            let body = self.choice(depth: depth + 1)
            return Part(pattern: "(\(body.pattern))", text: body.text)
        case 10, 11:
            let body = self.choice(depth: depth + 1)
            return Part(pattern: "(?:\(body.pattern))", text: body.text)
        case 12 where !self.isPlain:
            let body = self.choice(depth: depth + 1)
            let start =
                ["(?i:", "(?>", "(?=", "(?!", "(?i)(?:", "(?-i:", "(?<=", "(?x:"].randomElement(using: &self.generator) ?? "(?:"
            return Part(pattern: "\(start)\(body.pattern))", text: body.text)
        case 13 where !self.isPlain && self.groups > 0:
            let group = Int.random(in: 1...self.groups, using: &self.generator)
            let form =
                ["\\\(min(group, 9))", "\\g{\(group)}", "(?(\(group))a|bb)", "(?\(group))", "^", #"\b"#].randomElement(
                    using: &self.generator) ?? ""
            return Part(pattern: "(?:\(form))") { _ in "a" }
        default:
            return self.one(of: [("(?:)", ""), ("(?:ab)", "ab"), ("(?:key)", "key")])
        }
    }

    private mutating func one(of choices: [(pattern: String, text: String)]) -> Part {
        let choice = choices[Int.random(in: choices.indices, using: &self.generator)]
        return Part(pattern: choice.pattern) { _ in choice.text }
    }
}
