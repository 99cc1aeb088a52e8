import TestKit

/// The texts of a made-up trace of some 90 words.
///
/// A quarter of its words are among 60 that most texts hold, the others among 20 000, each of which is in at most a hundredth of the
/// traces.
struct TraceText {
    let title: String
    let context: String
    let solution: String
    let tags: [String]
    /// Rare words of the trace, which it may be found by.
    let rare: [String]

    init(_ random: inout SeededGenerator) {
        var rare: [String] = []
        func words(_ count: Int, _ random: inout SeededGenerator) -> String {
            (0..<count).map { _ in
                if Int.random(in: 0..<4, using: &random) == 0 { return Self.word(Int.random(in: 0..<60, using: &random)) }
                let word = Self.word(1_000 + Int.random(in: 0..<20_000, using: &random))
                rare.append(word)
                return word
            }.joined(separator: " ")
        }
        self.title = words(8, &random)
        self.context = words(40, &random)
        self.solution = words(40, &random)
        self.tags = (0..<3).map { _ in "tag-\(Int.random(in: 0..<200, using: &random))" }
        self.rare = rare
    }

    /// Syllables that say a number, so that each number has a word of its own.
    private static func word(_ number: Int) -> String {
        let (heads, tails) = (
            ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r"], ["a", "e", "i", "o", "u", "y", "an", "er", "in", "ol"]
        )
        var rest = number + 10_000
        var word = ""
        while rest > 0 {
            word += heads[rest % 10]
            rest /= 10
            word += tails[rest % 10]
            rest /= 10
        }
        return word
    }
}
