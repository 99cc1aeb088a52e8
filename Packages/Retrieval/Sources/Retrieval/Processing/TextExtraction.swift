/// A page of a document's text.
public struct ExtractedPage: Sendable, Hashable {
    /// Its number, counted from 1; nil where the document has no pages.
    public let number: Int?
    /// Its text.
    public let text: String

    /// Creates a page.
    public init(number: Int?, text: String) {
        self.number = number
        self.text = text
    }
}

/// Why a document has no text.
public struct ExtractionFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason in words for the owner of the document, such as `the PDF is encrypted`; without anything of the text.
    public let reason: String
    /// Whether it may go better later, as when the machine is short of memory; the document is then tried again.
    public let mayBeTriedAgain: Bool

    /// Creates a failure; by default another try would fail alike.
    public init(_ reason: String, mayBeTriedAgain: Bool = false) {
        self.reason = reason
        self.mayBeTriedAgain = mayBeTriedAgain
    }

    /// The reason.
    public var description: String { self.reason }
}

/// Takes the text out of files; declared here for whoever knows their formats.
public protocol TextExtraction: Sendable {
    /// Takes the text out of a file that anybody may have made.
    ///
    /// Called by the worker, a few at a time; must not block a thread of the shared pool, and must bound its memory and what it returns.
    /// Cancellation ends it soon: it is how a deadline is kept.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - name: The name that the owner gave.
    ///   - type: The type that was declared.
    /// - Returns: The pages in their order.
    /// - Throws: ``ExtractionFailure`` with a reason for the owner; for any other error the document is tried again.
    func pages(of path: String, name: String, type: DocumentType) async throws -> [ExtractedPage]
}
