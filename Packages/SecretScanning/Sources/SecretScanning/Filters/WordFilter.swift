/// Tells text that is made of words from text that is made by chance; only the generic rule needs to ask.
enum WordFilter {
    /// Whether a value looks like a path or a chain of words: `tools/javac/T6558548.java`, `first_set_max_id`.
    static func isMadeOfWords(_ text: ByteText, _ value: Range<Int>) -> Bool {
        var (covered, letters) = (0, 0)
        var start = value.lowerBound
        while start < value.upperBound {
            // One piece: a capital and the small letters behind it, or small letters alone.
            var end = start &+ 1
            if text.has(.letter, at: start) {
                while end < value.upperBound, text.has(.lower, at: end) { end &+= 1 }
                letters += end &- start
                if self.isWordLike(text, start..<end) { covered += end &- start }
            }
            start = end
        }
        return letters > 0 && covered * 10 >= value.count * 7 || covered * 10 >= letters * 8 && self.isPath(text, value)
    }

    private static func isPath(_ text: ByteText, _ value: Range<Int>) -> Bool {
        let slashes = value.count { text[$0] == UInt8(ascii: "/") }
        let dots = value.count { text[$0] == UInt8(ascii: ".") }
        return slashes >= 1 && slashes + dots >= 2
    }

    private static func isWordLike(_ text: ByteText, _ piece: Range<Int>) -> Bool {
        guard piece.count >= 3 else { return false }
        var (vowels, consonants, longest) = (0, 0, 0)
        for offset in piece {
            if "aeiouy".utf8.contains(ByteText.folded(text[offset])) {
                vowels += 1
                consonants = 0
            } else {
                consonants += 1
                longest = max(longest, consonants)
            }
        }
        return vowels * 5 >= piece.count && longest <= 3
    }
}
