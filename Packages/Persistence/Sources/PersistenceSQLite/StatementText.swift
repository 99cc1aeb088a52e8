/// What can be told of a statement from its first word.
enum StatementText {
    /// The first word in upper case, after blanks and comments; empty if there is none.
    static func firstWord(of text: String) -> String {
        var tokens = SQLTokens(text)
        guard case .word(let word, isQuoted: false)? = tokens.next() else { return "" }
        return word.uppercased()
    }

    static func controlsTransactions(_ word: String) -> Bool {
        ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"].contains(word)
    }

    static func changesRows(_ word: String) -> Bool {
        ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"].contains(word)
    }
}
