import SearchText

/// The words of a question that tell what it is about.
struct Question: Sendable {
    /// Words that count; the rest is ignored.
    static let most = 16
    /// Scalars of a question that are looked at.
    static let longest = 4_000

    /// Each word once, in the order asked, in the form in which passages are stored.
    let words: [String]

    init(_ text: String) {
        var words: [String] = []
        var seen: Set<String> = []
        for word in Tokenizer.words(of: text, scalars: Self.longest) {
            // Whoever asks for `getElementById` may mean a text that has its parts.
            for token in word.tokens where !Self.isFiller(token.lexeme) && seen.insert(token.lexeme).inserted {
                words.append(token.lexeme)
            }
            if words.count >= Self.most { break }
        }
        self.words = Array(words.prefix(Self.most))
    }

    static func isFiller(_ lexeme: String) -> Bool {
        StopWords.contains(lexeme) || Self.fillers.contains(lexeme)
    }

    /// What questions hold beside the words that nearly every text holds.
    private static let fillers: Set<String> = {
        let words = [
            "am", "been", "being", "could", "did", "doing", "done", "explain", "give", "he", "her", "him", "his", "like", "many",
            "may", "me", "might", "much", "must", "our", "say", "says", "shall", "she", "should", "show", "tell", "their", "them",
            "these", "they", "those", "us", "were", "who", "whom", "whose", "would",
        ]
        return Set(words.compactMap { Tokenizer.words(of: $0).first?.whole.lexeme })
    }()
}

/// How much each word of a question tells: the rarer it is among the owner's passages, the more.
struct QuestionWeights: Sendable {
    /// Fewer passages say nothing about how rare a word is.
    private static let fewest = 50

    /// The words and their weights, above 0; words that are nowhere weigh most.
    let weights: [String: Double]
    let total: Double

    /// - Parameters:
    ///   - counts: In how many passages each word is, counted up to some bound.
    ///   - passages: How many passages there are.
    init(counts: [(word: String, count: Int)], passages: Int) {
        let all = Double(max(passages, counts.map(\.count).max() ?? 0, Self.fewest))
        var weights: [String: Double] = [:]
        for (word, count) in counts {
            // The inverse document frequency of BM25 (Robertson and Zaragoza, 2009), which is never negative in this form.
            weights[word] = Logarithm.natural(1 + (all - Double(count) + 0.5) / (Double(count) + 0.5))
        }
        self.weights = weights
        // In a fixed order, so that equal questions have equal sums.
        self.total = weights.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
    }

    /// What part of the question a set of words makes up, 0 to 1.
    func share(of words: Set<String>) -> Double {
        guard self.total > 0 else { return 0 }
        return min(1, words.sorted().reduce(0) { $0 + (self.weights[$1] ?? 0) } / self.total)
    }
}
