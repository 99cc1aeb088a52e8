import SearchText

/// The words of a passage, as they are stored.
enum PassageWords {
    /// The mark of an owner, which no word can be.
    static func mark(ofOwner number: Int64) -> String { "_\(number)" }

    /// The mark of the owner and the words in their order, parted by blanks.
    static func stored(_ text: String, ofOwner number: Int64) -> String {
        var stored = self.mark(ofOwner: number)
        for word in Tokenizer.words(of: text) {
            for token in word.tokens {
                stored += " "
                stored += token.lexeme
            }
        }
        return stored
    }
}
