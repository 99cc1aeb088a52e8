import Retrieval
import TestKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files that are text already.
struct TextFiles: TextExtraction {
    func pages(of path: String, name: String, type: DocumentType) async throws -> [ExtractedPage] {
        [ExtractedPage(number: nil, text: try String(contentsOfFile: path, encoding: .utf8))]
    }
}

/// A made-up book: half of its words are among 60 that most passages hold, the others among 20 000.
struct DocumentText {
    let text: String
    /// Questions of two to five of its words, common ones among them.
    let questions: [String]

    init(passages: Int, _ random: inout SeededGenerator) {
        var sentences: [String] = []
        var questions: [String] = []
        var scalars = 0
        while scalars < passages * 880 {
            let words = (0..<12).map { _ in
                Bool.random(using: &random)
                    ? Self.word(Int.random(in: 0..<60, using: &random))
                    : Self.word(1_000 + Int.random(in: 0..<20_000, using: &random))
            }
            if sentences.count % 8 == 0 {
                questions.append(
                    "What is "
                        + words.shuffled(using: &random).prefix(Int.random(in: 2...5, using: &random)).joined(separator: " ")
                )
            }
            let sentence = words.joined(separator: " ") + ". "
            scalars += sentence.utf8.count
            sentences.append(sentence)
        }
        self.text = sentences.joined()
        self.questions = questions
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
