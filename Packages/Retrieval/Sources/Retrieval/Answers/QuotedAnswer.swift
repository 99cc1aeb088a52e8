/// An answer that quotes the sentences of passages that fit best.
struct QuotedAnswer: Sendable {
    /// The answer when nothing was found (CONTRACTS §1.3).
    static let unknown = "I don't know. No passage of the available documents speaks of this."

    /// Sentences that are quoted at most.
    private static let mostQuotes = 3
    /// Scalars of one quote at most; longer sentences are cut.
    private static let longestQuote = 320

    /// The quotes, one to a line.
    let text: String
    /// The passages with their best sentences, in the order in which they were found.
    let citations: [Citation]
    /// The words of the question that the passages have together.
    let words: Set<String>

    private struct Quote {
        let passage: FoundPassage
        let sentence: Sentence
        let words: Set<String>
    }

    init(_ finds: PassageSearch.Finds) {
        var quotes: [Quote] = []
        var citations: [Citation] = []
        for passage in finds.passages {
            let all = Sentence.all(of: passage.text).map {
                Quote(passage: passage, sentence: $0, words: $0.words(of: finds.weights))
            }
            quotes += all
            if let best = Self.best(all, finds.weights) { citations.append(Citation(passage, best.sentence)) }
        }
        var lines: [String] = []
        var told: Set<String> = []
        // Each further quote tells something that those before do not.
        while lines.count < Self.mostQuotes, let best = Self.best(quotes, finds.weights, beside: told) {
            told.formUnion(best.words)
            lines.append(Self.line(best))
        }
        self.text = lines.isEmpty ? Self.unknown : lines.joined(separator: "\n")
        self.citations = citations
        self.words = finds.passages.reduce(into: []) { $0.formUnion($1.words) }
    }

    /// The first of those that tell most beside what was told; nil when none tells anything.
    private static func best(_ quotes: [Quote], _ weights: QuestionWeights, beside told: Set<String> = []) -> Quote? {
        var best: (quote: Quote, share: Double)?
        for quote in quotes {
            let share = weights.share(of: quote.words.subtracting(told))
            // Rounding must not prefer a later one.
            if share > (best?.share ?? 0) + 1e-9 { best = (quote, share) }
        }
        return best?.quote
    }

    private static func line(_ quote: Quote) -> String {
        let page = quote.passage.page.map { ", page \($0)" } ?? ""
        return "“\(Self.shortened(quote.sentence.text))” (\(quote.passage.filename)\(page))"
    }

    /// A sentence in one line.
    private static func shortened(_ sentence: String) -> String {
        var text = ""
        var count = 0
        for word in sentence.split(whereSeparator: \.isWhitespace) {
            let length = word.unicodeScalars.count
            if count + length > Self.longestQuote {
                // A word without end is cut where it is too long.
                if text.isEmpty { text = String(word.prefix(Self.longestQuote)) }
                return text + "…"
            }
            if !text.isEmpty { text += " " }
            text += word
            count += length + 1
        }
        return text
    }
}
