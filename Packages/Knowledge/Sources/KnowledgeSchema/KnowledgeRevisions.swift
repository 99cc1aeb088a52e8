public import Migrations

/// What the knowledge base adds to the tables of the chain `commons`: chain `knowledge`, which stands on it.
///
/// | revision | what it does |
/// | --- | --- |
/// | `0001` | `traces.removed_at` and `removed_by`: a removed trace stays, and nobody is shown it |
/// | `0002` | `trace_flags`, `contributor_votes`, `user_activity`, `telemetry_triggers`, and the order of amendments |
/// | `0003` | `trace_documents` and `search_terms` (on SQLite `trace_words` too): what search looks things up in |
/// | `0004` | `accepted_amendments`, and the order of traces that are stale, and of those that were reported |
public enum KnowledgeRevisions {
    /// The chain, whose head is `0004`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(
                name: "knowledge", revisions: [Self.removal, Self.community, Self.search, Self.acceptance])
        } catch {
            preconditionFailure("the revisions of knowledge stand in one line: \(error)")
        }
    }()
}
