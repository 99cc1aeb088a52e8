import Persistence
import StrictJSON

/// Finds what a word that nobody has used was meant to be.
///
/// One typo leaves the first or the second half of a word as it is, or swaps the two letters in its middle. So terms that begin
/// or end with a half are looked up, and of those the nearest kept. Two typos, in words of eight letters or more, are found when they
/// leave the first or the last third (three letters at least) as it is.
struct TypoFinder: Sendable {
    /// Unknown words that are looked up, the longest ones.
    static let mostWords = 6
    /// Terms for one word.
    static let mostTerms = 3
    /// Terms of one look-up that are compared.
    private static let mostCandidates = 500

    let database: any Database

    /// Those of the lexemes that the vocabulary does not hold.
    func unknown(of lexemes: [String]) async throws -> [String] {
        if lexemes.isEmpty { return [] }
        let known: [Row]
        switch self.database.dialect {
        case .postgres:
            let list = SQLValue.array(lexemes.map { .text($0) })
            known = try await self.database.query("SELECT term FROM search_terms WHERE term = ANY (\(list)::text[])")
        case .sqlite:
            let list = JSONValue.array(lexemes.map { .string($0) }).description
            known = try await self.database.query(
                "SELECT term FROM search_terms WHERE term IN (SELECT value FROM json_each(\(list)))")
        }
        let terms = Set(try known.map { try $0.decode("term", as: String.self) })
        return lexemes.filter { !terms.contains($0) }
    }

    /// The nearest other terms for each of the lexemes.
    ///
    /// - Returns: Lexemes that nothing is near to are absent, and all but the six longest.
    func corrections(for lexemes: [String]) async throws -> [String: [String]] {
        var corrections: [String: [String]] = [:]
        for lexeme in lexemes.sorted(by: { $0.utf8.count > $1.utf8.count }).prefix(Self.mostWords) {
            let nearest = try await self.nearest(to: lexeme)
            if !nearest.isEmpty { corrections[lexeme] = nearest }
        }
        return corrections
    }

    private func nearest(to lexeme: String) async throws -> [String] {
        let scalars = Array(lexeme.unicodeScalars)
        let half = scalars.count / 2
        let once = try await self.candidates(for: scalars, first: half, last: scalars.count - half, edits: 1)
        let found = Self.nearest(to: scalars, of: once, atMost: 1)
        if !found.isEmpty || scalars.count < 8 { return found }
        let third = max(3, scalars.count / 3)
        let twice = try await self.candidates(for: scalars, first: third, last: third, edits: 2)
        return Self.nearest(to: scalars, of: twice, atMost: 2)
    }

    /// Terms of a length that so many edits allow which begin or end as the word does.
    private func candidates(
        for scalars: [Unicode.Scalar], first: Int, last: Int, edits: Int
    ) async throws -> [String] {
        let head = Self.text(scalars.prefix(first))
        let tail = Self.text(scalars.suffix(last).reversed())
        var swapped = scalars
        swapped.swapAt(scalars.count / 2 - 1, scalars.count / 2)
        let count = scalars.count
        let lengths: SQL = "length(term) BETWEEN \(count - edits) AND \(count + edits)"
        let order: SQL = "ORDER BY abs(length(term) - \(count)), term LIMIT \(Self.mostCandidates)"
        let rows = try await self.database.query(
            """
            SELECT term FROM (
                SELECT term FROM search_terms WHERE term >= \(head) AND term < \(head + "\u{10FFFF}") AND \(lengths) \(order)
            ) AS begins
            UNION
            SELECT term FROM (
                SELECT term FROM search_terms
                WHERE reversed >= \(tail) AND reversed < \(tail + "\u{10FFFF}") AND \(lengths) \(order)
            ) AS ends
            UNION
            SELECT term FROM search_terms WHERE term = \(Self.text(swapped))
            """)
        return try rows.map { try $0.decode("term") }
    }

    /// The terms at the least distance, those with the same first letter first.
    static func nearest(to scalars: [Unicode.Scalar], of terms: [String], atMost limit: Int) -> [String] {
        var near: [(term: String, distance: Int, startsOtherwise: Bool)] = []
        for term in terms {
            let other = Array(term.unicodeScalars)
            guard let distance = EditDistance.between(scalars, other, atMost: limit), distance > 0 else { continue }
            near.append((term, distance, other.first != scalars.first))
        }
        guard let least = near.map(\.distance).min() else { return [] }
        let sorted = near.filter { $0.distance == least }.sorted { left, right in
            if left.startsOtherwise != right.startsOtherwise { return right.startsOtherwise }
            return left.term.utf8.lexicographicallyPrecedes(right.term.utf8)
        }
        return sorted.prefix(Self.mostTerms).map(\.term)
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
