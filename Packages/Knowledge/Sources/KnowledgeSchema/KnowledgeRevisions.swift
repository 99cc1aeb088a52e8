public import Migrations

/// What the knowledge base adds to the tables of the chain `commons`: chain `knowledge`, which stands on it.
///
/// | revision | what it does |
/// | --- | --- |
/// | `0001` | `traces.removed_at` and `removed_by`: a removed trace stays, and nobody is shown it |
/// | `0003` | `trace_documents` and `search_terms` (on SQLite `trace_words` too): what search looks things up in |
public enum KnowledgeRevisions {
    /// The chain, whose head is `0003`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "knowledge", revisions: [Self.removal, Self.search])
        } catch {
            preconditionFailure("the revisions of knowledge stand in one line: \(error)")
        }
    }()
}
