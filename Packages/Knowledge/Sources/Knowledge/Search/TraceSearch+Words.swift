#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

extension TraceSearch {
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
            let window = try await self.window(plan, place.tier, tags: tags, newest: place.newest)
            return try await self.page(of: window, plan, place, query: query)
        case nil:
            var plan = SearchPlan(words: words, corrections: [:])
            for tier in SearchTier.allCases {
                if tier == .corrected {
                    let unknown = try await typos.unknown(of: correctable)
                    plan = SearchPlan(words: words, corrections: try await typos.corrections(for: unknown))
                }
                let window = try await self.window(plan, tier, tags: tags, newest: .max)
                guard let newest = window.candidates.first?.number else { continue }
                var replaced: UInt64 = 0
                for (index, lexeme) in correctable.enumerated() where plan.corrections[lexeme] != nil {
                    replaced |= 1 << UInt64(index)
                }
                let place = SearchCursor.Words(tier: tier, replaced: replaced, newest: newest, shown: [])
                return try await self.page(of: window, plan, place, query: query)
            }
            return SearchPage(results: [], next: nil)
        }
    }

    /// The newest matches of a tier.
    private func window(
        _ plan: SearchPlan, _ tier: SearchTier, tags: [SQLValue], newest: Int64
    ) async throws -> SearchWindow {
        guard let expression = plan.expression(of: tier) else { return SearchWindow(candidates: [], following: nil) }
        let visible = self.visible(withTags: tags)
        let statement: SQL
        switch self.database.dialect {
        case .sqlite:
            // A cross join keeps its order, so that the words lead, in the order of numbers, and reading stops at the limit.
            statement = """
                SELECT d.number AS number, t.id AS id, t.trust_score AS trust_score, t.created_at AS created_at,
                    -bm25(trace_words, 10.0, 4.0, 2.0, 1.0) AS score
                FROM trace_words CROSS JOIN trace_documents d ON d.number = trace_words.rowid
                    CROSS JOIN traces t ON t.id = d.trace_id
                WHERE trace_words MATCH \(expression.fts5) AND trace_words.rowid <= \(newest) AND \(visible)
                ORDER BY trace_words.rowid DESC LIMIT \(SearchWindow.size + 1)
                """
        case .postgres:
            statement = """
                SELECT m.number, m.id, m.trust_score, m.created_at,
                    ts_rank('{0.1, 0.2, 0.4, 1.0}'::real[], m.words, \(expression.tsquery)::tsquery) AS score
                FROM (
                    SELECT d.number, t.id, t.trust_score, t.created_at, d.words
                    FROM trace_documents d JOIN traces t ON t.id = d.trace_id
                    WHERE d.words @@ \(expression.tsquery)::tsquery AND d.number <= \(newest) AND \(visible)
                    ORDER BY d.number DESC LIMIT \(SearchWindow.size + 1)
                ) AS m ORDER BY m.number DESC
                """
        }
        let candidates = try await self.database.query(statement).map { try SearchCandidate($0) }
        return SearchWindow(
            candidates: Array(candidates.prefix(SearchWindow.size)),
            following: candidates.dropFirst(SearchWindow.size).first?.number)
    }

    private func page(
        of window: SearchWindow, _ plan: SearchPlan, _ place: SearchCursor.Words, query: SearchQuery
    ) async throws -> SearchPage {
        let shown = Set(place.shown)
        let left = window.ranked(share: place.tier.share).filter { !shown.contains($0.candidate.number) }
        let page = left.prefix(query.limit)
        var next: SearchCursor.Words?
        if left.count > page.count {
            next = place
            // A forged cursor may name numbers that are no candidates; only as many as a window has are kept.
            let all = shown.union(page.map(\.candidate.number)).sorted(by: >)
            next?.shown = Array(all.prefix(SearchWindow.size))
        } else if let following = window.following {
            next = place
            next?.newest = following
            next?.shown = []
        }
        return SearchPage(
            results: try await self.found(Array(page), showing: plan.lexemes),
            next: next.map { SearchCursor.words($0).text(for: query) })
    }
}
