public import Migrations

/// The tables of documents that people ask about: chain `retrieval`, which stands on no other.
///
/// `0001` makes these:
///
/// | table | a row is |
/// | --- | --- |
/// | `document_owners` | whoever has documents, with how many, and how many bytes and passages |
/// | `documents` | an upload: what it is, what became of it, and which server works on it until when |
/// | `document_passages` | a piece of a document's text with the words that it is found by |
/// | `document_words` (SQLite) | the index over these words; on PostgreSQL it is one over `document_passages.words` |
///
/// `lexemes` begins with `_` and the number of the owner, which no word of a text can be, so that a search for the words of one owner
/// reads nothing of others.
public enum RetrievalRevisions {
    /// The chain, whose head is `0001`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "retrieval", revisions: [Self.documents])
        } catch {
            preconditionFailure("the revisions of retrieval stand in one line: \(error)")
        }
    }()
}
