import SearchText

/// The words that somebody typed: what blanks part, so that an identifier or a path is one.
struct QueryWords: Sendable, Hashable {
    /// Words that count; the rest is ignored.
    static let most = 32
    /// Lexemes of one word that count.
    static let mostLexemes = 16

    /// A word as it must be found: its lexemes one after the other.
    struct Word: Sendable, Hashable {
        let phrase: [String]
        /// What it is made of, each by itself, for when the whole is nowhere: the parts of camel case in place of the whole.
        let pieces: [String]
    }

    let words: [Word]

    /// Cuts a query into words, without those that say nothing if there are others.
    init(_ text: String) {
        var words: [Word] = []
        var seen: Set<[String]> = []
        for chunk in text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace) {
            let found = Tokenizer.words(of: String(chunk))
            // In the index the parts of a word follow it; behind the last word of a phrase nothing need be asked of them.
            let phrase = found.dropLast().flatMap { $0.tokens.map(\.lexeme) } + found.suffix(1).map(\.whole.lexeme)
            if phrase.isEmpty { continue }
            let pieces = found.flatMap { ($0.parts.isEmpty ? [$0.whole] : $0.parts).map(\.lexeme) }
            let word = Word(
                phrase: Array(phrase.prefix(Self.mostLexemes)), pieces: Array(pieces.prefix(Self.mostLexemes)))
            if seen.insert(word.phrase).inserted { words.append(word) }
            if words.count == Self.most { break }
        }
        let telling = words.filter { $0.phrase.count > 1 || !StopWords.contains($0.phrase[0]) }
        self.words = telling.isEmpty ? words : telling
    }

    var isEmpty: Bool { self.words.isEmpty }

    /// Each lexeme that a typo may be in, once, in the order typed; the first 64 of them.
    var correctable: [String] {
        var seen: Set<String> = []
        let lexemes = self.words.flatMap(\.phrase).filter { SearchTerm.isCorrectable($0) && seen.insert($0).inserted }
        return Array(lexemes.prefix(UInt64.bitWidth))
    }
}
