#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Persistence

/// Finds traces by words, identifiers, paths and tags; flagged and removed ones never appear.
///
/// Words are looked for in tiers, the next only when the one before finds nothing: all words; all words with typos replaced; as many
/// of the rarest words as some trace has together; a rare one and another; a rare one. In each tier the newest 300 traces are scored by the store and ordered by score and trust; further
/// pages go on to older ones. Both stores find the same traces; the order among them may differ.
public struct TraceSearch: Sendable {
    let database: any Database
    private let metrics: KnowledgeMetrics?

    /// Creates a search over a migrated database.
    public init(database: any Database, metrics: KnowledgeMetrics? = nil) {
        self.database = database
        self.metrics = metrics
    }

    /// Looks for traces.
    ///
    /// Any text is a text to look for: quotes, operators and commands of a store's query language mean nothing. A text without a
    /// letter or digit finds nothing, or what has the tags if there are some.
    ///
    /// - Returns: A page of what was found, the best first; each trace stands on one page, whatever is added meanwhile.
    /// - Throws: ``SearchError`` with code `invalidQuery` when there is neither text nor tag, or `invalidCursor`;
    ///   `PersistenceError`; `CancellationError`.
    public func results(of query: SearchQuery) async throws -> SearchPage {
        let text = query.text ?? ""
        guard !text.isEmpty || !query.tags.isEmpty else {
            throw SearchError(.invalidQuery, message: "At least one of 'q' or 'tags' must be provided")
        }
        guard (1...SearchQuery.maximumLimit).contains(query.limit) else {
            throw SearchError(.invalidQuery, message: "a page has 1 to \(SearchQuery.maximumLimit) results")
        }
        let start = ContinuousClock.now
        defer { self.metrics?.countSearch(hasTags: !query.tags.isEmpty, duration: ContinuousClock.now - start) }
        let cursor: SearchCursor?
        if let text = query.cursor { cursor = try SearchCursor(text, for: query) } else { cursor = nil }
        guard let tags = try await self.tagIDs(of: query.tags) else { return SearchPage(results: [], next: nil) }
        let words = QueryWords(text)
        if !words.isEmpty { return try await self.page(of: words, tags: tags, query: query, cursor: cursor) }
        if tags.isEmpty { return SearchPage(results: [], next: nil) }
        return try await self.page(ofTags: tags, query: query, cursor: cursor)
    }

    /// The ids of all tags, or `nil` when one is on no trace.
    private func tagIDs(of typed: [String]) async throws -> [SQLValue]? {
        if typed.isEmpty { return [] }
        var names: Set<TagName> = []
        for tag in typed {
            guard let name = TagName(tag) else { return nil }
            names.insert(name)
        }
        let rows = try await self.database.query(
            "SELECT id FROM tags WHERE name IN \(list: names.sorted().map(\.text)) ORDER BY name")
        guard rows.count == names.count else { return nil }
        return rows.compactMap { $0["id"] }
    }

    /// What keeps all but visible traces with the tags out, of a trace `t`.
    func visible(withTags tags: some Sequence<SQLValue>) -> SQL {
        // Not an equality: SQLite would take the index of `is_flagged` for a good one, and read the whole library by it.
        var condition: SQL = "NOT t.is_flagged AND t.removed_at IS NULL"
        for tag in tags {
            condition += " AND EXISTS (SELECT 1 FROM trace_tags tt WHERE tt.trace_id = t.id AND tt.tag_id = \(tag))"
        }
        return condition
    }
}
