/// What names and values say about a find that rests on a word such as `password`; the older system does not ask.
enum KeywordFilter {
    /// What follows the word in names of things that are about a secret: `password_field`, `secretName`, `API_KEY_HEADER`.
    private static let innocentSuffixes = KeywordAutomaton(words: [
        "name", "file", "path", "hash", "digest", "header", "url", "uri", "field", "label", "prompt", "hint", "policy", "length",
        "min", "max", "count", "expir", "ttl", "regex", "pattern", "placeholder", "error", "message", "title", "class", "type",
        "format", "rotation", "required", "enabled", "invalid", "strength", "reset", "input", "form", "column", "prefix", "_id",
        "mode", "version", "provider", "backend", "store", "manager", "size", "bits", "arn",
    ])

    /// What stands before the word in names of hashes, messages and samples.
    private static let innocentPrefixes = KeywordAutomaton(words: [
        "hashed", "missing", "invalid", "forgot", "expired", "dummy", "fake", "example", "sample", "mock", "public",
    ])

    /// Words of which one between blanks makes a value a sentence rather than a pass phrase.
    private static let particles = KeywordAutomaton(words: [
        " a ", " the ", " is ", " are ", " to ", " of ", " or ", " and ", " not ", " for ", " in ", " with ", " must ", " used ",
        " your ", " was ", " be ", " on ", " has ", " should ", " no ", "password ",
        "secret ", "token ", " password", " secret", " token", " key",
    ])

    private static let fileEndings: [StaticString] = [
        ".pem", ".key", ".crt", ".cer", ".p12", ".pfx", ".jks", ".txt", ".json", ".yaml", ".yml", ".toml", ".env", ".conf",
        ".sock",
        ".asc", ".gpg", ".pub",
    ]

    /// Whether a find is likelier something about a secret than one.
    ///
    /// - Parameters:
    ///   - word: The suspicious word.
    ///   - nameEnd: Where the name ends that the word is part of.
    ///   - value: What stands on the other side of the operator.
    static func isDoubtful(_ text: ByteText, word: Range<Int>, nameEnd: Int, value: Range<Int>) -> Bool {
        if value.count < 4 || self.isMention(text, word: word, value: value) { return true }
        let suffix = word.upperBound..<max(nameEnd, word.upperBound)
        if self.innocentSuffixes.occurs(text, in: suffix) { return true }
        let prefix = text.start(of: .word, before: word.lowerBound, limit: 48)..<word.lowerBound
        if self.innocentPrefixes.occurs(text, in: prefix) || text.containsFolded("://", in: value) { return true }
        return self.isSentence(text, value) || self.isFileName(text, value)
    }

    /// Whether prose names something between back ticks: what is about a secret: `like this`. In code the name before a colon stands
    /// alone.
    private static func isMention(_ text: ByteText, word: Range<Int>, value: Range<Int>) -> Bool {
        guard text[value.lowerBound &- 1] == UInt8(ascii: "`"), value.lowerBound > word.upperBound,
            text[text.start(of: .blank, before: value.lowerBound &- 1, limit: 64) &- 1] == UInt8(ascii: ":")
        else { return false }
        let nameStart = text.start(of: .word, before: word.lowerBound, limit: 48)
        return text.has(.blank, at: nameStart &- 1) && (text.has(.alnum, at: nameStart &- 2) || text[nameStart &- 2] >= 0x80)
    }

    /// Whether a value has blanks and, between them, a word of grammar or of our subject: a message, a label, a description.
    private static func isSentence(_ text: ByteText, _ value: Range<Int>) -> Bool {
        value.contains { text.has(.blank, at: $0) } && self.particles.occurs(text, in: value)
    }

    private static func isFileName(_ text: ByteText, _ value: Range<Int>) -> Bool {
        guard value.suffix(5).contains(where: { text[$0] == UInt8(ascii: ".") }),
            value.allSatisfy({ text.has([.token, .dot, .plusOrSlash], at: $0) })
        else { return false }
        return self.fileEndings.contains { text.matchesFolded($0, at: value.upperBound &- $0.utf8CodeUnitCount) }
    }
}
