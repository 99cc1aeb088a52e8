#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence
import SearchText

extension TraceSearch {
    /// Words in more documents than this are common alike.
    private static let mostCounted = 5_000

    /// A page of what holds the words, in the first tier that finds any.
    func page(of words: QueryWords, tags: [SQLValue], query: SearchQuery, cursor: SearchCursor?) async throws -> SearchPage {
        let typos = TypoFinder(database: self.database)
        let correctable = words.correctable
        switch cursor {
        case .tags:
            throw SearchError(.invalidCursor, message: "the cursor was not made for this query")
        case .words(let place):
            let replaced = correctable.enumerated().filter { place.replaced & 1 << UInt64($0.offset) != 0 }.map(\.element)
            let plan = SearchPlan(words: words, corrections: try await typos.corrections(for: replaced))
            let window = try await self.window(plan, place, tags: tags)
            return try await self.page(of: window, plan, place, query: query)
        case nil:
            return try await self.firstPage(of: words, tags: tags, query: query)
        }
    }

    private func firstPage(of words: QueryWords, tags: [SQLValue], query: SearchQuery) async throws -> SearchPage {
        var plan = SearchPlan(words: words, corrections: [:])
        if let page = try await self.page(.exact, plan, tags: tags, query: query) { return page }
        let typos = TypoFinder(database: self.database)
        let unknown = try await typos.unknown(of: words.correctable)
        plan = SearchPlan(words: words, corrections: try await typos.corrections(for: unknown))
        if let page = try await self.page(.corrected, plan, tags: tags, query: query) { return page }
        for (tier, kept) in try await self.loosened(plan) {
            if let page = try await self.page(tier, keeping: kept, plan, tags: tags, query: query) { return page }
        }
        return SearchPage(results: [], next: nil)
    }

    /// The first page of a tier; nil when it finds nothing.
    private func page(
        _ tier: SearchTier, keeping kept: UInt64 = 0, _ plan: SearchPlan, tags: [SQLValue], query: SearchQuery
    ) async throws -> SearchPage? {
        var replaced: UInt64 = 0
        for (index, lexeme) in plan.words.correctable.enumerated() where plan.corrections[lexeme] != nil {
            replaced |= 1 << UInt64(index)
        }
        var place = SearchCursor.Words(tier: tier, replaced: replaced, kept: kept, newest: .max, oldest: 0, shown: [])
        let window = try await self.window(plan, place, tags: tags)
        guard let newest = window.candidates.first?.number else { return nil }
        place.newest = newest
        return try await self.page(of: window, plan, place, query: query)
    }

    /// What to hold to, more and more loosely: all pieces that some trace has, then without the commonest of them, and so on down to
    /// two; a pair with one of the rarest, which are about as rare as the very rarest; one of these.
    private func loosened(_ plan: SearchPlan) async throws -> [(SearchTier, UInt64)] {
        let counts = try await self.counts(of: plan.pieces)
        // Of two as rare as each other the longer one comes first, as among the pieces.
        let rarest = counts.indices.filter { counts[$0] > 0 }.sorted { left, right in
            counts[left] == counts[right] ? left < right : counts[left] < counts[right]
        }
        guard let least = rarest.first else { return [] }
        let mask = { (indices: [Int]) in indices.reduce(UInt64(0)) { $0 | 1 << UInt64($1) } }
        var steps: [(SearchTier, UInt64)] = []
        for count in stride(from: rarest.count, through: 2, by: -1) { steps.append((.some, mask(Array(rarest.prefix(count))))) }
        let rare = rarest.filter { counts[$0] <= counts[least] * 4 }
        if rarest.count > 2 { steps.append((.pairs, mask(Array(rare.prefix(3))))) }
        steps.append((.any, mask(rare)))
        return steps
    }

    /// How many documents hold each of the pieces, counted up to ``mostCounted``.
    private func counts(of pieces: [SearchExpression]) async throws -> [Int] {
        let columns = pieces.enumerated().map { index, piece -> SQL in
            let column = SQL(unchecked: "c\(index)")
            return switch self.database.dialect {
            case .sqlite:
                """
                (SELECT count(*) FROM (
                    SELECT 1 FROM trace_words WHERE trace_words MATCH \(piece.fts5) LIMIT \(Self.mostCounted))) AS \(column)
                """
            case .postgres:
                """
                (SELECT count(*) FROM (
                    SELECT 1 FROM trace_documents d WHERE d.words @@ \(piece.tsquery)::tsquery LIMIT \(Self.mostCounted)
                ) AS n) AS \(column)
                """
            }
        }
        guard let row = try await self.database.queryOne("SELECT \(columns.joined(separator: ", "))") else { return [] }
        return try pieces.indices.map { try row.decode("c\($0)") }
    }

    /// The newest matches from a place on; where some of a window were shown, what lies within the same bounds.
    private func window(
        _ plan: SearchPlan, _ place: SearchCursor.Words, tags: [SQLValue]
    ) async throws -> SearchWindow {
        guard let expression = plan.expression(of: place.tier, keeping: place.kept) else {
            return SearchWindow(candidates: [], isCut: false)
        }
        let candidates = try await self.database.query(self.matching(expression, place, tags: tags)).map {
            try SearchCandidate($0)
        }
        guard place.shown.isEmpty else { return SearchWindow(candidates: candidates, isCut: false) }
        return SearchWindow(
            candidates: Array(candidates.prefix(SearchWindow.size)), isCut: candidates.count > SearchWindow.size)
    }

    /// Finds matches, the newest first.
    func matching(_ expression: SearchExpression, _ place: SearchCursor.Words, tags: [SQLValue]) -> SQL {
        let visible = self.visible(withTags: tags)
        // A few may have come between since, as traces that were restored.
        let limit = place.shown.isEmpty ? SearchWindow.size + 1 : SearchWindow.size * 2
        switch self.database.dialect {
        case .sqlite:
            // A cross join keeps its order, so that the words lead, in the order of numbers, and reading stops at the limit.
            return """
                SELECT d.number AS number, t.id AS id, t.trust_score AS trust_score, t.created_at AS created_at,
                    -bm25(trace_words, 10.0, 4.0, 2.0, 1.0) AS score
                FROM trace_words CROSS JOIN trace_documents d ON d.number = trace_words.rowid
                    CROSS JOIN traces t ON t.id = d.trace_id
                WHERE trace_words MATCH \(expression.fts5) AND trace_words.rowid BETWEEN \(place.oldest) AND \(place.newest)
                    AND \(visible)
                ORDER BY trace_words.rowid DESC LIMIT \(limit)
                """
        case .postgres:
            // Numbers are compared as expressions, so that words lead by their index. Whoever walks back by number until enough are
            // found may unpack every document when words that are common by themselves seldom stand together; and a plan made for
            // any range takes that of all numbers for a narrow one.
            return """
                SELECT m.number, m.id, m.trust_score, m.created_at,
                    ts_rank('{0.1, 0.2, 0.4, 1.0}'::real[], m.words, \(expression.tsquery)::tsquery) AS score
                FROM (
                    SELECT d.number, t.id, t.trust_score, t.created_at, d.words
                    FROM trace_documents d JOIN traces t ON t.id = d.trace_id
                    WHERE d.words @@ \(expression.tsquery)::tsquery AND d.number + 0 BETWEEN \(place.oldest) AND \(place.newest)
                        AND \(visible)
                    ORDER BY d.number + 0 DESC LIMIT \(limit)
                ) AS m ORDER BY m.number DESC
                """
        }
    }

    private func page(
        of window: SearchWindow, _ plan: SearchPlan, _ place: SearchCursor.Words, query: SearchQuery
    ) async throws -> SearchPage {
        let shown = Set(place.shown)
        let left = window.ranked(share: plan.share(of: place.tier, keeping: place.kept)).filter {
            !shown.contains($0.candidate.number)
        }
        let page = left.prefix(query.limit)
        var next: SearchCursor.Words? = place
        // The bounds of a window stay, whatever comes between them later.
        if window.isCut, let oldest = window.candidates.last?.number { next?.oldest = oldest }
        if left.count > page.count {
            // A forged cursor may name numbers that are no candidates; only as many as a window can have are kept.
            let all = shown.union(page.map(\.candidate.number)).sorted(by: >)
            next?.shown = Array(all.prefix(SearchWindow.size * 2))
        } else if let oldest = next?.oldest, oldest > 0 {
            next?.newest = oldest - 1
            next?.oldest = 0
            next?.shown = []
        } else {
            next = nil
        }
        return SearchPage(
            results: try await self.found(Array(page), showing: plan.lexemes),
            next: next.map { SearchCursor.words($0).text(for: query) })
    }
}
