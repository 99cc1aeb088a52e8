#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

/// A passage that was found.
struct FoundPassage: Sendable, Hashable {
    let documentID: UUID
    let filename: String
    let page: Int?
    let position: Int
    let text: String
    /// 0 to 1.
    let relevance: Double
    /// The words of the question that it has.
    let words: Set<String>

    init(_ row: Row, relevance: Double, words: Set<String>) throws(PersistenceError) {
        self.documentID = try row.decode("document_id")
        self.filename = try row.decode("filename")
        self.page = try row.decode("page")
        self.position = try row.decode("chunk_position")
        self.text = try row.decode("text")
        self.relevance = relevance
        self.words = words
    }

    init(
        documentID: UUID, filename: String, page: Int?, position: Int, text: String, relevance: Double, words: Set<String>
    ) {
        self.documentID = documentID
        self.filename = filename
        self.page = page
        self.position = position
        self.text = text
        self.relevance = relevance
        self.words = words
    }
}
