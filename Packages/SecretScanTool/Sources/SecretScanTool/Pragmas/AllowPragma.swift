/// The comments by which people tell scanners of secrets to let a line pass.
///
/// They are for files only. What arrives in a request could bring its own permission.
public enum AllowPragma {
    /// The pragmas that let their own line pass wherever in it they stand: ours, and those of gitleaks, betterleaks,
    /// trufflehog and kingfisher.
    static let words = ["secret-scan:allow", "gitleaks:allow", "betterleaks:allow", "trufflehog:ignore", "kingfisher:ignore"]

    private static let maximumLine = 16_384

    /// Whether a pragma lets a line pass.
    ///
    /// Understood are `secret-scan:allow`, `gitleaks:allow`, `betterleaks:allow`, `trufflehog:ignore` and
    /// `kingfisher:ignore` anywhere in the line, and those of detect-secrets 1.5: a comment that ends the line with
    /// `pragma: allowlist secret`, and a comment alone on the line before with `pragma: allowlist nextline secret`. In lines
    /// of more than 16 KiB no pragma is looked for: they are no lines that people write.
    ///
    /// - Parameters:
    ///   - line: The line without its line feed.
    ///   - previous: The line before it, or nil for the first.
    ///   - isYAML: Whether the file is YAML, where only `#` begins a comment to detect-secrets.
    public static func allows(_ line: ArraySlice<UInt8>, previous: ArraySlice<UInt8>?, isYAML: Bool = false) -> Bool {
        if line.count <= self.maximumLine {
            if self.words.contains(where: { line.firstRange(of: $0) != nil }) { return true }
            if self.endsWithPragma(line, isYAML: isYAML) { return true }
        }
        guard let previous, previous.count <= self.maximumLine else { return false }
        return self.isNextLinePragma(previous, isYAML: isYAML)
    }

    private static func endsWithPragma(_ line: ArraySlice<UInt8>, isYAML: Bool) -> Bool {
        var rest = line
        while let place = rest.firstRange(of: "pragma:") {
            let opener = self.opener(endingAt: place.lowerBound, of: line, isYAML: isYAML)
            var words = line[place.upperBound...]
            rest = words
            guard let opener else { continue }
            if words.first == 32 { words = words.dropFirst() }
            guard let list = ["allowlist", "whitelist"].first(where: { words.starts(with: $0.utf8) }) else { continue }
            words = words.dropFirst(list.utf8.count)
            guard words.first == 32 || words.first == UInt8(ascii: "-") else { continue }
            words = words.dropFirst()
            if words.starts(with: "secret".utf8), self.isClosed(words, by: opener.closer) { return true }
        }
        return false
    }

    private static func isNextLinePragma(_ line: ArraySlice<UInt8>, isYAML: Bool) -> Bool {
        guard let place = line.firstRange(of: "pragma:"),
            let opener = self.opener(endingAt: place.lowerBound, of: line, isYAML: isYAML),
            line[..<opener.start].allSatisfy({ $0 == 32 || $0 == 9 })
        else { return false }
        var words = line[place.upperBound...]
        if words.first == 32 { words = words.dropFirst() }
        for word in ["allowlist", "nextline"] {
            guard words.starts(with: word.utf8) else { return false }
            words = words.dropFirst(word.utf8.count)
            guard words.first == 32 || words.first == UInt8(ascii: "-") else { return false }
            words = words.dropFirst()
        }
        return words.starts(with: "secret".utf8) && self.isClosed(words, by: opener.closer)
    }

    /// The comment that begins before `end` with nothing but blanks between, and what closes it.
    private static func opener(endingAt end: Int, of line: ArraySlice<UInt8>, isYAML: Bool) -> (start: Int, closer: String)? {
        var before = line[..<end]
        while before.last == 32 || before.last == 9 { before = before.dropLast() }
        let openers = isYAML ? [("#", "")] : [("<!--", "-->"), ("#", ""), ("//", ""), ("/*", "*/"), ("'", ""), ("--", "")]
        for (text, closer) in openers where before.suffix(text.utf8.count).elementsEqual(text.utf8) {
            return (before.endIndex - text.utf8.count, closer)
        }
        return nil
    }

    private static func isClosed(_ text: ArraySlice<UInt8>, by closer: String) -> Bool {
        var text = text
        while text.last == 32 || text.last == 9 || text.last == 13 { text = text.dropLast() }
        return closer.isEmpty || text.suffix(closer.utf8.count).elementsEqual(closer.utf8)
    }
}

extension ArraySlice<UInt8> {
    /// Where a short text stands first.
    func firstRange(of text: String) -> Range<Int>? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return self.startIndex..<self.startIndex }
        var rest = self
        while let place = rest.firstIndex(of: first) {
            rest = self[place...]
            if rest.starts(with: bytes) { return place..<(place + bytes.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
