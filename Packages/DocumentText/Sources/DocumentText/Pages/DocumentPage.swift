/// One page of a document.
public struct DocumentPage: Sendable, Hashable {
    /// Its place in the document, from 1.
    public let number: Int
    /// Its text in Unicode's form C: lines end with a line feed, and there is no control character but that and the tab.
    public let text: String

    /// Creates a page.
    public init(number: Int, text: String) {
        self.number = number
        self.text = text
    }
}

/// The text of a document.
public struct ExtractedDocument: Sendable, Hashable {
    /// What the document is.
    public let format: DocumentFormat
    /// All pages in order, at least one; a page without text, such as a scanned one, has an empty text.
    public let pages: [DocumentPage]

    /// Creates the text of a document.
    public init(format: DocumentFormat, pages: [DocumentPage]) {
        self.format = format
        self.pages = pages
    }
}
