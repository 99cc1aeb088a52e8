#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

/// The rows that a trace consists of, inserted by plain statements; the words are cut by the store itself.
struct RawRows {
    private let id = UUID()
    private let now = Timestamp.now()
    private let text: TraceText
    private let tags: [UUID]

    init(_ text: TraceText, tags: [String: UUID]) {
        self.text = text
        self.tags = Set(text.tags).compactMap { tags[$0] }
    }

    /// The row of the trace alone.
    var trace: SQL {
        """
        INSERT INTO traces (id, title, context_text, solution_text, status, trust_score, confirmation_count, contributor_id,
            is_seed, is_stale, is_flagged, created_at, updated_at)
        VALUES (\(self.id), \(self.text.title), \(self.text.context), \(self.text.solution), 'pending', 0.0, 0,
            \(BenchmarkStore.author), \(false), \(false), \(false), \(self.now), \(self.now))
        """
    }

    /// All rows in one transaction.
    func insert(into database: any Database) async throws {
        let text = self.text
        let links = self.tags.map { "(\(self.id), \($0))" as SQL }.joined(separator: ", ")
        let (trace, id, dialect, isTagged) = (self.trace, self.id, database.dialect, !self.tags.isEmpty)
        try await database.transaction(isolation: .readCommitted) { connection in
            try connection.execute(trace)
            if isTagged { try connection.execute("INSERT INTO trace_tags (trace_id, tag_id) VALUES \(links)") }
            let tags = text.tags.joined(separator: " ")
            switch dialect {
            case .sqlite:
                try connection.execute("INSERT INTO trace_documents (trace_id) VALUES (\(id))")
                try connection.execute(
                    """
                    INSERT INTO trace_words (rowid, title, tags, context, solution)
                    VALUES (last_insert_rowid(), \(text.title), \(tags), \(text.context), \(text.solution))
                    """)
            case .postgres:
                try connection.execute(
                    """
                    INSERT INTO trace_documents (trace_id, words)
                    SELECT \(id)::uuid, setweight(to_tsvector('simple', \(text.title)::text), 'A')
                        || setweight(to_tsvector('simple', \(tags)::text), 'B')
                        || setweight(to_tsvector('simple', \(text.context)::text), 'C')
                        || setweight(to_tsvector('simple', \(text.solution)::text), 'D')
                    """)
            }
        }
    }
}
