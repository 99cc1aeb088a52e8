/// A word in the form in which it is searched, and where it was found.
struct SearchToken: Sendable, Hashable {
    /// Folded, at most 64 bytes, of letters, digits and their marks only: it needs no quoting in either store's language.
    let lexeme: String
    /// Where it stands in the text, in Unicode scalars.
    let range: Range<Int>
}

/// A run of letters and digits.
struct SearchWord: Sendable, Hashable {
    /// The whole of it.
    let whole: SearchToken
    /// What it is made of when capitals say so: `get`, `element`, `by`, `id` of `getElementById`; empty for any other word.
    let parts: [SearchToken]

    /// The whole and then the parts, the order in which they are indexed.
    var tokens: [SearchToken] { [self.whole] + self.parts }
}
