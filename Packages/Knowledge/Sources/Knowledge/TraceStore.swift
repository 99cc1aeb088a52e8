#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import ContentScreening
public import Persistence
import StrictJSON

/// Keeps traces in the tables of the chains `commons` and `knowledge`.
public struct TraceStore: Sendable {
    private let database: any Database

    /// Creates a store over a migrated database.
    public init(database: any Database) {
        self.database = database
    }

    /// Stores a new trace and its tags together.
    ///
    /// Tags that do not exist yet are made; writers that make the same tag at the same time do not disturb each other.
    ///
    /// - Parameters:
    ///   - draft: What its author sent, within the bounds of its members, once a `ContentGate` has admitted it: what is stored
    ///     is read by everybody, so there is no way past the gate.
    ///   - contributorID: The user who shares it: a UUID in any spelling; anything else is no user's id.
    /// - Returns: The id of the trace. When this returns, the trace survives a crash.
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func add(_ draft: Screened<TraceDraft>, from contributorID: String) async throws -> String {
        let draft = draft.content
        guard let contributor = UUID(sqlText: contributorID) else {
            throw PersistenceError(.foreignKeyViolation, message: "the contributor is no user")
        }
        let id = UUID()
        let now = Timestamp.now()
        let tags = TagName.normalised(draft.tags)
        let metadata = draft.metadata?.description
        // Each statement has to see the tags that others have committed by then, so they do not share one snapshot.
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            try connection.execute(
                """
                INSERT INTO traces (id, title, context_text, solution_text, status, trust_score, confirmation_count,
                    contributor_id, agent_model, agent_version, metadata_json, is_seed, is_stale, is_flagged,
                    created_at, updated_at)
                VALUES (\(id), \(draft.title), \(draft.contextText), \(draft.solutionText), 'pending', 0.0, 0,
                    \(contributor), \(draft.agentModel), \(draft.agentVersion), \(json: metadata), \(false), \(false),
                    \(false), \(now), \(now))
                """
            )
            if tags.isEmpty { return }
            // Sorted, so that two writers of the same new tags wait in one order.
            let rows = tags.map { "(\(UUID()), \($0.text), \(false), \(now))" as SQL }
            try connection.execute(
                """
                INSERT INTO tags (id, name, is_curated, created_at) VALUES \(rows.joined(separator: ", "))
                ON CONFLICT (name) DO NOTHING
                """
            )
            try connection.execute(
                """
                INSERT INTO trace_tags (trace_id, tag_id)
                SELECT tr.id, ta.id FROM traces tr CROSS JOIN tags ta
                WHERE tr.id = \(id) AND ta.name IN \(list: tags.map(\.text))
                """
            )
        }
        return id.sqlText
    }

    /// The trace with an id, or `nil` when there is none or it was removed.
    ///
    /// - Parameter id: A UUID in any spelling; anything else is no trace's id.
    public func trace(id: String) async throws -> Trace? {
        guard let id = UUID(sqlText: id) else { return nil }
        return try await self.database.read { connection in
            let row = try connection.queryOne(
                """
                SELECT id, status, title, context_text, solution_text, trust_score, confirmation_count, is_stale,
                    is_flagged, contributor_id, created_at, updated_at
                FROM traces WHERE id = \(id) AND removed_at IS NULL
                """
            )
            guard let row else { return nil }
            let tags = try connection.query(
                """
                SELECT t.name AS name FROM trace_tags tt JOIN tags t ON t.id = tt.tag_id
                WHERE tt.trace_id = \(id) ORDER BY t.name
                """
            )
            return try Trace(row, tags: tags.map { try $0.decode("name") })
        }
    }
}
