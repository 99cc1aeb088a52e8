#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A passage that an answer stands on.
public struct Citation: Sendable, Hashable {
    /// Most Unicode scalars of ``excerpt``, without the three dots.
    public static let longestExcerpt = 200

    /// The document.
    public let documentID: UUID
    /// Its name.
    public let filename: String
    /// The page on which the passage begins; nil where the document has none.
    public let page: Int?
    /// Its place among the passages of the document, counted from 0.
    public let position: Int
    /// The whole passage.
    public let text: String
    /// Where the sentence stands that fits best, in Unicode scalars of ``text``.
    public let highlight: Range<Int>
    /// That sentence.
    public let highlightedText: String
    /// What part of the question the passage speaks of, 0 to 1.
    public let relevance: Double

    /// The beginning of the passage, at most 200 Unicode scalars, and `...` where more follows.
    public var excerpt: String {
        var excerpt = ""
        var count = 0
        for character in self.text {
            count += character.unicodeScalars.count
            if count > Self.longestExcerpt { return excerpt + "..." }
            excerpt.append(character)
        }
        return excerpt
    }

    init(_ passage: FoundPassage, _ sentence: Sentence) {
        self.documentID = passage.documentID
        self.filename = passage.filename
        self.page = passage.page
        self.position = passage.position
        self.text = passage.text
        self.highlight = sentence.range
        self.highlightedText = sentence.text
        self.relevance = passage.relevance
    }
}
