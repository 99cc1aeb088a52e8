/// English words that nearly every text holds.
public enum StopWords {
    /// As they are typed.
    public static let words = [
        "a", "about", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can", "do", "does", "fix", "fixed", "for",
        "from", "get", "has",
        "have", "help", "how", "i", "if", "in", "into", "is", "it", "its", "my", "no", "not", "of", "on", "or", "please", "so",
        "solve", "solved", "some", "than",
        "that",
        "the", "then", "there", "this", "to", "was", "we", "what", "when", "where", "which", "while", "why", "will", "with",
        "you",
        "your",
    ]

    /// As they are asked for: folding takes the last letter of `this`.
    private static let lexemes = Set(Self.words.compactMap { Lexeme.folded(Array($0.unicodeScalars)[...]) })

    /// Whether a word says nothing, in the form in which it is asked for.
    public static func contains(_ lexeme: String) -> Bool { self.lexemes.contains(lexeme) }
}
