/// A word in the form in which it is searched, and where it was found.
public struct SearchToken: Sendable, Hashable {
    /// Folded, at most 64 bytes, of letters, digits and their marks only: it needs no quoting in either store's language.
    public let lexeme: String
    /// Where it stands in the text, in Unicode scalars.
    public let range: Range<Int>
}

/// A run of letters and digits.
public struct SearchWord: Sendable, Hashable {
    /// The whole of it.
    public let whole: SearchToken
    /// What it is made of when capitals say so: `get`, `element`, `by`, `id` of `getElementById`; empty for any other word.
    public let parts: [SearchToken]

    /// The whole and then the parts, the order in which they are indexed.
    public var tokens: [SearchToken] { [self.whole] + self.parts }
}
