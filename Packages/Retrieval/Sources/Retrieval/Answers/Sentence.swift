import SearchText

/// A sentence of a passage, and where it stands.
struct Sentence: Sendable, Hashable {
    let text: String
    /// Where it stands in the passage, in Unicode scalars.
    let range: Range<Int>

    /// The sentences of a text in order, without blanks around them; where no mark ends one, a blank line does.
    ///
    /// Takes time in proportion to the text.
    static func all(of text: String) -> [Sentence] {
        var sentences: [Sentence] = []
        var builder = Builder()
        for character in text {
            if let sentence = builder.feed(character) { sentences.append(sentence) }
        }
        if let sentence = builder.finish() { sentences.append(sentence) }
        return sentences
    }

    /// The words of a question that it has.
    func words(of question: QuestionWeights) -> Set<String> {
        var found: Set<String> = []
        for word in Tokenizer.words(of: self.text) {
            for token in word.tokens where question.weights[token.lexeme] != nil { found.insert(token.lexeme) }
        }
        return found
    }

    private struct Builder {
        private var text = ""
        private var start = 0
        private var offset = 0
        /// Blanks since the last other character, which belong to the sentence only if it goes on.
        private var blanks = ""
        private var newlines = 0
        private var isEnded = false

        mutating func feed(_ character: Character) -> Sentence? {
            defer { self.offset += character.unicodeScalars.count }
            if character.isWhitespace {
                self.blanks.append(character)
                if character.isNewline { self.newlines += 1 }
                return nil
            }
            var sentence: Sentence?
            if !self.text.isEmpty, self.isEnded && !self.blanks.isEmpty || self.newlines > 1 { sentence = self.finish() }
            if self.text.isEmpty { self.start = self.offset } else { self.text += self.blanks }
            self.text.append(character)
            (self.blanks, self.newlines) = ("", 0)
            if SentenceEnd.isFullWidth(character) {
                sentence = sentence ?? self.finish()
            } else if !self.isCloser(character) {
                self.isEnded = SentenceEnd.isMark(character)
            }
            return sentence
        }

        /// A mark may stand within quotation marks or brackets.
        private func isCloser(_ character: Character) -> Bool {
            switch character {
            case "\"", "'", "”", "’", ")", "]", "»": true
            default: false
            }
        }

        mutating func finish() -> Sentence? {
            if self.text.isEmpty { return nil }
            defer { (self.text, self.isEnded) = ("", false) }
            return Sentence(text: self.text, range: self.start..<(self.start + self.text.unicodeScalars.count))
        }
    }
}
