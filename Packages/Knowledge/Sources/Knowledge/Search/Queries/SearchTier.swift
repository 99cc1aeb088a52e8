/// How strictly the words of a query are held to; the next tier is tried only when the one before finds nothing.
enum SearchTier: UInt8, Sendable, CaseIterable {
    /// Every word as typed.
    case exact = 1
    /// Every word, with those that nobody has ever used replaced by the nearest that somebody has.
    case corrected = 2
    /// At least two of the words.
    case pairs = 3
    /// One of the words.
    case any = 4

    /// How much a match of the tier is worth.
    var share: Double {
        switch self {
        case .exact: 1
        case .corrected: 0.9
        case .pairs: 0.6
        case .any: 0.3
        }
    }
}

/// What is looked for in one tier.
struct SearchPlan: Sendable {
    /// Words of which pairs are made.
    private static let mostInPairs = 8
    private static let mostInAny = 32
    /// Spellings of one word that are tried.
    private static let mostSpellings = 9

    let words: QueryWords
    /// Terms for lexemes that the vocabulary does not hold.
    let corrections: [String: [String]]

    /// The expression of a tier, or `nil` when it could find no more than the tier before.
    func expression(of tier: SearchTier) -> SearchExpression? {
        switch tier {
        case .exact:
            return .allOf(self.words.words.map { .phrase($0.phrase) })
        case .corrected:
            if self.corrections.isEmpty { return nil }
            return .allOf(self.words.words.map { word in .anyOf(self.spellings(of: word.phrase).map { .phrase($0) }) })
        case .pairs:
            let pieces = self.pieces(most: Self.mostInPairs)
            let isLooser = pieces.count > 2 || pieces.count == 2 && self.words.words.count == 1
            guard isLooser else { return nil }
            // A word and any of those behind it: the stores count each mention of a word, and pairs one by one have twice as many.
            let pairs = pieces.indices.dropLast().map { index in
                SearchExpression.all([pieces[index], .anyOf(Array(pieces[(index + 1)...]))])
            }
            return .anyOf(pairs)
        case .any:
            let pieces = self.pieces(most: Self.mostInAny)
            let isLooser = pieces.count > 1 || self.words.words.contains { $0.phrase.count > 1 || $0.pieces != $0.phrase }
            return isLooser ? .anyOf(pieces) : nil
        }
    }

    /// All lexemes that may be seen in a match.
    var lexemes: Set<String> {
        var all = Set(self.corrections.values.joined())
        for word in self.words.words {
            all.formUnion(word.phrase)
            all.formUnion(word.pieces)
        }
        return all
    }

    /// The longest pieces of all words, each with its corrections.
    private func pieces(most: Int) -> [SearchExpression] {
        var seen: Set<String> = []
        let pieces = self.words.words.flatMap(\.pieces).filter { seen.insert($0).inserted }
        let telling = pieces.filter { !StopWords.contains($0) }
        let longest = (telling.isEmpty ? pieces : telling).enumerated().sorted { left, right in
            let (first, second) = (left.element.utf8.count, right.element.utf8.count)
            return first == second ? left.offset < right.offset : first > second
        }
        return longest.prefix(most).map { _, piece in
            .anyOf((self.corrections[piece] ?? [piece]).map { .phrase([$0]) })
        }
    }

    private func spellings(of phrase: [String]) -> [[String]] {
        var spellings: [[String]] = [[]]
        for lexeme in phrase {
            let terms = self.corrections[lexeme] ?? [lexeme]
            let choice = spellings.count * terms.count > Self.mostSpellings ? Array(terms.prefix(1)) : terms
            spellings = spellings.flatMap { spelling in choice.map { spelling + [$0] } }
        }
        return spellings
    }
}
