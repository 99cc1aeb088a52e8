/// A passage that matches, before it is read.
struct PassageCandidate: Sendable, Hashable {
    let number: Int64
    /// The mark of the owner and the words, parted by blanks.
    let lexemes: String
}

/// A passage with its place in the order.
struct RankedPassage: Sendable {
    let number: Int64
    /// 0 to 1: what part of the question it speaks of.
    let relevance: Double
    /// The words of the question that it has.
    let words: Set<String>
}

/// Puts passages in order by BM25, scaled to the question: 1 would be a passage that speaks of every word again and again.
///
/// How many words of the question a passage has, and how rare they are, counts far more than how often it has them, so the parameter k1 is
/// small.
struct PassageRanking {
    private static let k1 = 0.25
    private static let b = 0.75

    private let weights: QuestionWeights

    init(_ weights: QuestionWeights) {
        self.weights = weights
    }

    /// The best first; of equal ones the newest.
    func best(of candidates: [PassageCandidate], limit: Int) -> [RankedPassage] {
        let counted = candidates.map { (candidate: $0, tally: Tally($0.lexemes, of: self.weights)) }
        let mean = Double(counted.reduce(0) { $0 + $1.tally.length }) / Double(max(counted.count, 1))
        let ranked = counted.map { candidate, tally in
            let length = 1 - Self.b + Self.b * Double(tally.length) / max(mean, 1)
            // In a fixed order, so that equal passages have equal sums.
            let sum = tally.counts.sorted { $0.key < $1.key }.reduce(0.0) { sum, word in
                let count = Double(word.value)
                return sum + (self.weights.weights[word.key] ?? 0) * count / (count + Self.k1 * length)
            }
            let relevance = self.weights.total > 0 ? sum / self.weights.total : 0
            return RankedPassage(number: candidate.number, relevance: relevance, words: Set(tally.counts.keys))
        }
        let sorted = ranked.sorted { left, right in
            left.relevance == right.relevance ? left.number > right.number : left.relevance > right.relevance
        }
        return Array(sorted.prefix(limit))
    }

    private struct Tally {
        var counts: [String: Int] = [:]
        var length = 0

        init(_ lexemes: String, of weights: QuestionWeights) {
            for word in lexemes.utf8.split(separator: UInt8(ascii: " ")) {
                self.length += 1
                let word = String(Substring(word))
                if weights.weights[word] != nil { self.counts[word, default: 0] += 1 }
            }
        }
    }
}
