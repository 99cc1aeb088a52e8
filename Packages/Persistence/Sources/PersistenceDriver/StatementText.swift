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

    /// Whether a statement changes its session for longer than a transaction: its settings, or what it listens to, which
    /// nobody would ever read.
    package static func changesSession(_ text: String) -> Bool {
        var tokens = SQLTokens(text)
        guard case .word(let word, isQuoted: false)? = tokens.next() else { return false }
        switch word.uppercased() {
        case "RESET", "DISCARD", "LISTEN": return true
        case "SET":
            guard case .word(let scope, isQuoted: false)? = tokens.next() else { return true }
            return !["LOCAL", "TRANSACTION", "CONSTRAINTS"].contains(scope.uppercased())
        default: return false
        }
    }

    package static func changesRows(_ word: String) -> Bool {
        ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"].contains(word)
    }
}
