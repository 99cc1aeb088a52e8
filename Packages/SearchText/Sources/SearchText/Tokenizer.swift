/// Cuts texts into words, the same for what is stored and for what is asked, on every store.
///
/// A word is a run of letters and digits of any script with their marks; all else parts words. Ideographs and letters of other
/// scripts without blanks are words by themselves.
public enum Tokenizer {
    /// A word with more parts is taken for encoded data, whose capitals mean nothing.
    public static let mostParts = 8

    /// The words of a text in order.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - limit: How many of its first Unicode scalars are looked at.
    public static func words(of text: String, scalars limit: Int = .max) -> [SearchWord] {
        var scan = Scan()
        var offset = 0
        for scalar in text.unicodeScalars {
            if offset >= limit { break }
            scan.take(scalar, at: offset)
            offset += 1
        }
        scan.endWord(at: offset)
        return scan.words
    }

    /// The words read so far, and the one that has begun.
    private struct Scan {
        var words: [SearchWord] = []
        private var current: [Unicode.Scalar] = []
        private var start = 0
        private var isUnspaced = false

        mutating func take(_ scalar: Unicode.Scalar, at offset: Int) {
            switch ScalarClass(scalar) {
            case .word:
                if self.isUnspaced { self.endWord(at: offset) }
                if self.current.isEmpty { self.start = offset }
                self.current.append(scalar)
            case .mark:
                if !self.current.isEmpty { self.current.append(scalar) }
            case .unspaced:
                self.endWord(at: offset)
                self.start = offset
                self.isUnspaced = true
                self.current.append(scalar)
            case .other:
                self.endWord(at: offset)
            }
        }

        mutating func endWord(at end: Int) {
            if self.current.isEmpty { return }
            if let lexeme = Lexeme.folded(self.current[...]) {
                let whole = SearchToken(lexeme: lexeme, range: self.start..<end)
                self.words.append(SearchWord(whole: whole, parts: self.parts()))
            }
            self.current.removeAll(keepingCapacity: true)
            self.isUnspaced = false
        }

        /// `getElementById` at the capitals; `HTTPServer` before the last capital of a run.
        private func parts() -> [SearchToken] {
            var starts = [0]
            for index in self.current.indices.dropFirst() where self.isPartStart(index) {
                starts.append(index)
                if starts.count > Tokenizer.mostParts { return [] }
            }
            if starts.count == 1 { return [] }
            var parts: [SearchToken] = []
            for (index, first) in starts.enumerated() {
                let end = index + 1 < starts.count ? starts[index + 1] : self.current.count
                guard let lexeme = Lexeme.folded(self.current[first..<end]) else { continue }
                parts.append(SearchToken(lexeme: lexeme, range: (self.start + first)..<(self.start + end)))
            }
            return parts
        }

        private func isPartStart(_ index: Int) -> Bool {
            guard Self.isCapital(self.current[index]) else { return false }
            if !Self.isCapital(self.current[index - 1]) { return true }
            return index + 1 < self.current.count && Self.isSmall(self.current[index + 1])
        }

        private static func isCapital(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value < 0x80 ? (0x41...0x5A).contains(scalar.value) : scalar.properties.isUppercase
        }

        private static func isSmall(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value < 0x80 ? (0x61...0x7A).contains(scalar.value) : scalar.properties.isLowercase
        }
    }
}
