import Persistence

extension TraceSearch {
    /// Reads the traces of a page; one that was hidden this moment is left out.
    ///
    /// - Parameters:
    ///   - ranked: At most 50, in order.
    ///   - lexemes: What the snippets show.
    func found(_ ranked: [RankedCandidate], showing lexemes: Set<String>) async throws -> [FoundTrace] {
        if ranked.isEmpty { return [] }
        let rows = try await self.database.query(self.reading(ranked.map(\.candidate.id)))
        var traces: [String: Trace] = [:]
        for row in rows {
            let names = try row.decode("tags", as: String?.self)?.split(separator: ",").map(String.init) ?? []
            let trace = try Trace(row, tags: names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
            traces[trace.id] = trace
        }
        return try ranked.compactMap { ranked in
            try Task.checkCancellation()
            guard let trace = traces[ranked.candidate.idText] else { return nil }
            return FoundTrace(
                trace: trace, similarity: ranked.similarity, combined: ranked.combined,
                snippet: Snippet(of: trace, showing: lexemes))
        }
    }

    /// Reads traces that may be shown, by their ids.
    func reading(_ ids: [SQLValue]) -> SQL {
        let aggregate: SQL =
            switch self.database.dialect {
            case .postgres: "string_agg(g.name, ',')"
            case .sqlite: "group_concat(g.name, ',')"
            }
        return """
            SELECT t.id, t.status, t.title, t.context_text, t.solution_text, t.trust_score, t.confirmation_count, t.is_stale,
                t.is_flagged, t.contributor_id, t.created_at, t.updated_at,
                (SELECT \(aggregate) FROM trace_tags tt JOIN tags g ON g.id = tt.tag_id WHERE tt.trace_id = t.id) AS tags
            FROM traces t WHERE t.id IN \(list: ids) AND \(self.visible(withTags: []))
            """
    }
}
