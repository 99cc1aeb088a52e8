/// What somebody looks for.
public struct SearchQuery: Sendable, Hashable {
    /// Results of one page at most.
    public static let maximumLimit = 50

    /// Words, identifiers, paths or messages as typed; `nil` or empty to search by tags alone. Only the first 32 words count.
    public var text: String?
    /// Tags as typed, all of which a trace must have. One that is no tag's name is on no trace.
    public var tags: [String]
    /// Results of one page, 1 to 50.
    public var limit: Int
    /// The ``SearchPage/next`` of the page before; `nil` for the first page.
    public var cursor: String?

    /// Creates a query.
    public init(text: String? = nil, tags: [String] = [], limit: Int = 10, cursor: String? = nil) {
        self.text = text
        self.tags = tags
        self.limit = limit
        self.cursor = cursor
    }
}

/// A part of what was found, the best first.
public struct SearchPage: Sendable {
    /// The traces of the page.
    public let results: [FoundTrace]
    /// The cursor of the next page; `nil` on the last one.
    public let next: String?
}

/// A trace that was found.
public struct FoundTrace: Sendable {
    /// The trace.
    public let trace: Trace
    /// How well it fits, 0 to 1: 1 for the best of the newest 300 that hold every word. A trace that was found by another spelling, by
    /// two of the words or by one of them has less; one that was found by tags alone has 0.
    public let similarity: Double
    /// By what it is ordered: similarity × ln(2 + trust), trust below 0 counting as 0; the trust itself when found by tags alone
    /// (CONTRACTS §4.5).
    public let combined: Double
    /// What of it to show.
    public let snippet: Snippet
}
