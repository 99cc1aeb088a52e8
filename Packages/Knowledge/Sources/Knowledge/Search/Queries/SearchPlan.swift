import SearchText

/// What is looked for in one tier.
struct SearchPlan: Sendable {
    /// Pieces of the words that are held to when not all are found.
    static let mostPieces = 8
    /// Spellings of one word that are tried.
    private static let mostSpellings = 9

    let words: QueryWords
    /// Terms for lexemes that the vocabulary does not hold.
    let corrections: [String: [String]]
    /// The longest pieces of all words, each with its corrections; at most ``mostPieces``.
    let pieces: [SearchExpression]

    init(words: QueryWords, corrections: [String: [String]]) {
        self.words = words
        self.corrections = corrections
        var seen: Set<String> = []
        let pieces = words.words.flatMap(\.pieces).filter { seen.insert($0).inserted }
        let telling = pieces.filter { !StopWords.contains($0) }
        let longest = (telling.isEmpty ? pieces : telling).enumerated().sorted { left, right in
            let (first, second) = (left.element.utf8.count, right.element.utf8.count)
            return first == second ? left.offset < right.offset : first > second
        }
        self.pieces = longest.prefix(Self.mostPieces).map { _, piece in
            .anyOf((corrections[piece] ?? [piece]).map { .phrase([$0]) })
        }
    }

    /// The expression of a tier, or `nil` when it could find no more than the tier before.
    ///
    /// - Parameter kept: In the lower tiers the pieces that the tier is about, a bit for each of ``pieces``.
    func expression(of tier: SearchTier, keeping kept: UInt64 = 0) -> SearchExpression? {
        let parts = self.pieces.indices.filter { kept & 1 << UInt64($0) != 0 }
        switch tier {
        case .exact:
            return .allOf(self.words.words.map { .phrase($0.phrase) })
        case .corrected:
            if self.corrections.isEmpty { return nil }
            return .allOf(self.words.words.map { word in .anyOf(self.spellings(of: word.phrase).map { .phrase($0) }) })
        case .some:
            return parts.isEmpty ? nil : .allOf(parts.map { self.pieces[$0] })
        case .pairs:
            let pairs = parts.compactMap { part -> SearchExpression? in
                let others = self.pieces.indices.filter { $0 != part }.map { self.pieces[$0] }
                return others.isEmpty ? nil : .all([self.pieces[part], .anyOf(others)])
            }
            return pairs.isEmpty ? nil : .anyOf(pairs)
        case .any:
            return parts.isEmpty ? nil : .anyOf(parts.map { self.pieces[$0] })
        }
    }

    /// How much the best match is worth: what part of the pieces it surely has, and less where something was changed.
    func share(of tier: SearchTier, keeping kept: UInt64) -> Double {
        let count = Double(max(self.pieces.count, 1))
        return switch tier {
        case .exact: 1
        case .corrected: 0.9
        case .some: 0.8 * Double(min(kept.nonzeroBitCount, self.pieces.count)) / count
        case .pairs: 0.8 * 2 / max(count, 2)
        case .any: 0.8 / count
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
