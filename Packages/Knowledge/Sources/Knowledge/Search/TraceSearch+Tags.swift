#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

extension TraceSearch {
    /// A page of what has all the tags, the most trusted first.
    ///
    /// - Parameter tags: Ids of one tag or more.
    func page(ofTags tags: [SQLValue], query: SearchQuery, cursor: SearchCursor?) async throws -> SearchPage {
        var start: SQL = ""
        switch cursor {
        case .words: throw SearchError(.invalidCursor, message: "the cursor was not made for this query")
        case .tags(let last):
            start = """
                AND (t.trust_score < \(last.trust) OR (t.trust_score = \(last.trust)
                    AND (t.created_at < \(last.createdAt) OR (t.created_at = \(last.createdAt) AND t.id > \(last.id)))))
                """
        case nil: break
        }
        guard let first = tags.first else { return SearchPage(results: [], next: nil) }
        let rows = try await self.database.query(self.listing(first, and: tags.dropFirst(), start, limit: query.limit + 1))
        let candidates = try rows.map { try SearchCandidate($0) }
        let page = candidates.prefix(query.limit)
        var next: String?
        if candidates.count > page.count, let last = page.last, let id = UUID(sqlText: last.idText) {
            let place = SearchCursor.Tags(trust: last.trust, createdAt: last.createdAt, id: id)
            next = SearchCursor.tags(place).text(for: query)
        }
        let ranked = page.map { RankedCandidate(candidate: $0, similarity: 0, combined: $0.trust) }
        return SearchPage(results: try await self.found(ranked, showing: []), next: next)
    }

    /// Lists what has all the tags, the most trusted first.
    func listing(_ first: SQLValue, and others: ArraySlice<SQLValue>, _ start: SQL, limit: Int) -> SQL {
        // SQLite keeps the order of a cross join, so that the tag leads.
        let join: SQL = self.database.dialect == .sqlite ? "CROSS JOIN" : "JOIN"
        return """
            SELECT 0 AS number, t.id AS id, t.trust_score AS trust_score, t.created_at AS created_at, 0 AS score
            FROM trace_tags g \(join) traces t ON t.id = g.trace_id
            WHERE g.tag_id = \(first) AND \(self.visible(withTags: others)) \(start)
            ORDER BY t.trust_score DESC, t.created_at DESC, t.id LIMIT \(limit)
            """
    }
}
