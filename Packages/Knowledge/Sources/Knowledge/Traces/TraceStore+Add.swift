#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import ContentScreening
import Persistence
import StrictJSON

extension TraceStore {
    /// Stores a new trace, its tags and the words that it is found by together.
    ///
    /// Tags that do not exist yet are made; writers that make the same tag at the same time do not disturb each other. On PostgreSQL
    /// a trace whose tags are known already is one statement.
    ///
    /// - Parameters:
    ///   - draft: What its author sent, within the bounds of its members, once a `ContentGate` has admitted it: what is stored
    ///     is read by everybody, so there is no way past the gate.
    ///   - contributorID: The user who shares it: a UUID in any spelling; anything else is no user's id.
    /// - Returns: The id of the trace. When this returns, the trace survives a crash.
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func add(_ draft: Screened<TraceDraft>, from contributorID: String) async throws -> String {
        guard let contributor = UUID(sqlText: contributorID) else {
            throw PersistenceError(.foreignKeyViolation, message: "the contributor is no user")
        }
        let new = NewTrace(draft.content, from: contributor)
        let terms = self.memory.unknown(new.document.terms)
        if let ids = self.memory.ids(of: new.tags) {
            do {
                try await self.add(new, tagIDs: ids, newTerms: terms)
                self.memory.learn(terms: terms)
                return new.id.sqlText
            } catch let error as PersistenceError where error.code == .foreignKeyViolation && !ids.isEmpty {
                // Another program may have removed a tag.
                self.memory.forget(new.tags)
            } catch let error as PersistenceError where error.code == .serializationFailure {
                // Nothing of it has happened; a transaction can be run again.
            }
        }
        do {
            try await self.addMakingTags(new, newTerms: terms)
        } catch let error as PersistenceError where error.code == .foreignKeyViolation && !new.tags.isEmpty {
            // Once more, if it was a tag that went in between; without its author it fails again.
            try await self.addMakingTags(new, newTerms: terms)
        }
        return new.id.sqlText
    }

    private func addMakingTags(_ new: NewTrace, newTerms: [String]) async throws {
        // Each statement has to see the tags that others have committed by then, so they do not share one snapshot.
        let learned = try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            let known = try new.makeTags(on: connection)
            try new.insert(tagIDs: known.map(\.1), newTerms: newTerms, on: connection)
            return known
        }
        self.memory.learn(tags: learned, terms: newTerms)
    }

    private func add(_ new: NewTrace, tagIDs: [UUID], newTerms: [String]) async throws {
        switch self.database.dialect {
        case .postgres:
            try await self.database.write { try new.insert(tagIDs: tagIDs, newTerms: newTerms, on: $0) }
        case .sqlite:
            try await self.database.transaction { try new.insert(tagIDs: tagIDs, newTerms: newTerms, on: $0) }
        }
    }
}

/// A trace on its way into the database.
private struct NewTrace: Sendable {
    let id = UUID()
    let now = Timestamp.now()
    let draft: TraceDraft
    let contributor: UUID
    let tags: [TagName]
    let document: SearchDocument

    init(_ draft: TraceDraft, from contributor: UUID) {
        self.draft = draft
        self.contributor = contributor
        self.tags = TagName.normalised(draft.tags)
        self.document = SearchDocument(
            title: draft.title, tags: self.tags.map(\.text), context: draft.contextText, solution: draft.solutionText)
    }

    /// Makes the tags that are missing, and reads the ids of all.
    func makeTags(on connection: any DatabaseConnection) throws -> [(TagName, UUID)] {
        if self.tags.isEmpty { return [] }
        // Sorted, so that two writers of the same new tags wait in one order; terms come after tags for all of them.
        let rows = self.tags.map { "(\(UUID()), \($0.text), \(false), \(self.now))" as SQL }
        try connection.execute(
            """
            INSERT INTO tags (id, name, is_curated, created_at) VALUES \(rows.joined(separator: ", "))
            ON CONFLICT (name) DO NOTHING
            """)
        let found = try connection.query("SELECT id, name FROM tags WHERE name IN \(list: self.tags.map(\.text))")
        return try found.compactMap { row in
            guard let name = TagName(try row.decode("name")) else { return nil }
            return (name, try row.decode("id"))
        }
    }

    func insert(tagIDs: [UUID], newTerms: [String], on connection: any DatabaseConnection) throws(PersistenceError) {
        switch connection.dialect {
        case .postgres:
            var statement: SQL = "WITH trace AS (\(self.row))"
            if !tagIDs.isEmpty { statement += ", links AS (\(self.links(tagIDs, for: .postgres)))" }
            if !newTerms.isEmpty {
                statement += ", terms AS (\(SearchDocument.termsSource(newTerms, for: .postgres)))"
            }
            // Foreign keys are checked when all parts are done.
            statement += " INSERT INTO trace_documents (trace_id, words) VALUES (\(self.id), \(self.document.vector)::tsvector)"
            try connection.execute(statement)
        case .sqlite:
            try connection.execute(self.row)
            if !tagIDs.isEmpty { try connection.execute(self.links(tagIDs, for: .sqlite)) }
            try connection.execute("INSERT INTO trace_documents (trace_id) VALUES (\(self.id))")
            try self.document.writeWords(on: connection)
            if !newTerms.isEmpty { try connection.execute(SearchDocument.termsSource(newTerms, for: .sqlite)) }
        }
    }

    private var row: SQL {
        """
        INSERT INTO traces (id, title, context_text, solution_text, status, trust_score, confirmation_count,
            contributor_id, agent_model, agent_version, metadata_json, is_seed, is_stale, is_flagged,
            created_at, updated_at)
        VALUES (\(self.id), \(self.draft.title), \(self.draft.contextText), \(self.draft.solutionText), 'pending', 0.0, 0,
            \(self.contributor), \(self.draft.agentModel), \(self.draft.agentVersion),
            \(json: self.draft.metadata?.description), \(false), \(false), \(false), \(self.now), \(self.now))
        """
    }

    private func links(_ ids: [UUID], for dialect: SQLDialect) -> SQL {
        switch dialect {
        case .postgres:
            """
            INSERT INTO trace_tags (trace_id, tag_id)
            SELECT \(self.id)::uuid, listed.value FROM \(SearchDocument.idsSource(ids, for: dialect))
            """
        case .sqlite:
            """
            INSERT INTO trace_tags (trace_id, tag_id)
            SELECT \(self.id), listed.value FROM \(SearchDocument.idsSource(ids, for: dialect))
            """
        }
    }
}
