/// A piece of a document's text, as it is found and quoted.
struct Passage: Sendable, Hashable {
    /// Its place among the passages of the document, counted from 0.
    let position: Int
    /// The page on which it begins.
    let page: Int?
    /// Where it stands in the text of the document, in Unicode scalars; one line feed counts between two pages.
    let range: Range<Int>
    /// The text.
    let text: String
    /// How many of its first bytes are the end of the passage before.
    let overlapBytes: Int
}
