/// What can be told of a statement from its first word.
package enum StatementText {
    /// The first word in upper case, after blanks and comments; empty if there is none.
    package static func firstWord(of text: String) -> String {
        var tokens = SQLTokens(text)
        guard case .word(let word, isQuoted: false)? = tokens.next() else { return "" }
        return word.uppercased()
    }

    package static func controlsTransactions(_ word: String) -> Bool {
        ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"].contains(word)
    }

    package static func changesRows(_ word: String) -> Bool {
        ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"].contains(word)
    }
}
