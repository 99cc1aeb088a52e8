/// Words that the vocabulary holds, which typos are looked up in.
enum SearchTerm {
    /// Whether a lexeme is a word that can be mistyped: 4 to 32 characters of which at most two are digits.
    static func isCorrectable(_ lexeme: String) -> Bool {
        var count = 0
        var digits = 0
        for scalar in lexeme.unicodeScalars {
            count += 1
            if (0x30...0x39).contains(scalar.value) { digits += 1 }
            if count > 32 || digits > 2 { return false }
        }
        return count >= 4
    }

    /// The characters of a term in the other direction, by which its end is looked up.
    static func reversed(_ term: String) -> String {
        String(String.UnicodeScalarView(term.unicodeScalars.reversed()))
    }
}
