/// Cuts the text of a document into passages of about 1 000 characters, each of which repeats about 150 of the one before.
///
/// A cut is made where a paragraph ends, else where a sentence does, else between words; what has none of these is cut between characters.
/// Takes time in proportion to the text, and holds little more than a passage of it. Sizes are in Unicode scalars.
struct PassageCutter {
    /// Most scalars of a passage.
    static let longest = 1_000
    /// How much of a passage the next one repeats at most.
    static let overlap = 150
    /// A cut is made behind this much, so that no passage is a few words only.
    private static let shortest = 500
    /// A character of more scalars is taken apart: nobody writes it, and it could be as long as the text.
    private static let mostScalars = 32
    private static let mostHeld = 16_384

    private struct Unit {
        let character: Character
        /// Where it ends in the text of the document.
        let end: Int
        let page: Int?
    }

    /// What is held, of which the units before `first` are done with.
    private var units: [Unit] = []
    private var first = 0
    /// Where what is new begins: the units from `first` up to here stood in the passage before.
    private var fresh = 0
    private var offset = 0
    private var position = 0
    private var hasPage = false
    private var page: Int?

    /// Begins a page; one line feed stands between two.
    mutating func begin(_ page: Int?) -> Passage? {
        let passage = self.hasPage ? self.push("\n") : nil
        self.hasPage = true
        self.page = page
        return passage
    }

    /// Takes in a character of the page, and returns the passages that it completes.
    mutating func feed(_ character: Character) -> [Passage] {
        // As nearly always.
        if character.unicodeScalars.count <= Self.mostScalars { return self.push(character).map { [$0] } ?? [] }
        return character.unicodeScalars.compactMap { self.push(Character($0)) }
    }

    /// Ends the text, and returns what is left.
    mutating func finish() -> Passage? {
        defer { self.units = [] }
        // What only repeats is no passage.
        return self.fresh < self.units.count ? self.passage(upTo: self.units.count) : nil
    }

    private mutating func push(_ character: Character) -> Passage? {
        // A database refuses NUL.
        let character = character == "\0" ? " " : character
        self.offset += character.unicodeScalars.count
        self.units.append(Unit(character: character, end: self.offset, page: self.page))
        guard self.length(from: self.first, to: self.units.count) > Self.longest else { return nil }
        return self.passage(upTo: self.cut())
    }

    private func start(of index: Int) -> Int {
        self.units[index].end - self.units[index].character.unicodeScalars.count
    }

    private func length(from: Int, to: Int) -> Int {
        from < to ? self.units[to - 1].end - self.start(of: from) : 0
    }

    /// The best place to cut what is held, which is too long by its last character.
    private func cut() -> Int {
        let last = self.units.count - 1
        var (paragraph, sentence, word): (Int?, Int?, Int?) = (nil, nil, nil)
        var index = last
        while index > self.fresh, self.length(from: self.first, to: index) > Self.shortest {
            if paragraph == nil, self.isParagraphEnd(index) { paragraph = index }
            if sentence == nil, self.isSentenceEnd(index) { sentence = index }
            if word == nil, self.units[index].character.isWhitespace || self.units[index - 1].character.isWhitespace {
                word = index
            }
            if paragraph != nil { break }
            index -= 1
        }
        return max(paragraph ?? sentence ?? word ?? last, self.fresh + 1)
    }

    /// Whether a paragraph ends before a unit: two line feeds with nothing but blanks between.
    private func isParagraphEnd(_ index: Int) -> Bool {
        guard index >= 2, self.units[index - 1].character.isNewline else { return false }
        var before = index - 2
        while before > self.first, index - before < 16, self.units[before].character.isWhitespace,
            !self.units[before].character.isNewline
        {
            before -= 1
        }
        return self.units[before].character.isNewline
    }

    /// Whether a sentence ends before a unit.
    private func isSentenceEnd(_ index: Int) -> Bool {
        guard index > self.first else { return false }
        let last = self.units[index - 1].character
        if SentenceEnd.isFullWidth(last) { return true }
        guard last.isWhitespace, index - 2 >= self.first else { return false }
        return SentenceEnd.isMark(self.units[index - 2].character)
    }

    /// Takes a passage off what is held; nil when it would be blank.
    private mutating func passage(upTo cut: Int) -> Passage? {
        defer { self.forgetDone() }
        var (start, end) = (self.first, cut)
        while start < end, self.units[start].character.isWhitespace { start += 1 }
        while end > start, self.units[end - 1].character.isWhitespace { end -= 1 }
        guard max(start, self.fresh) < end else {
            (self.first, self.fresh) = (cut, cut)
            return nil
        }
        var text = ""
        var overlapBytes = 0
        for index in start..<end {
            text.append(self.units[index].character)
            if index < self.fresh { overlapBytes += self.units[index].character.utf8.count }
        }
        let passage = Passage(
            position: self.position, page: self.units[start].page, range: self.start(of: start)..<self.units[end - 1].end,
            text: text, overlapBytes: overlapBytes)
        self.position += 1
        self.first = self.next(before: cut)
        self.fresh = cut
        return passage
    }

    private mutating func forgetDone() {
        guard self.first > Self.mostHeld else { return }
        self.units.removeFirst(self.first)
        self.fresh -= self.first
        self.first = 0
    }

    /// Where the next passage begins: with a sentence if one begins in what may be repeated, else with a word.
    private func next(before cut: Int) -> Int {
        var earliest = cut
        while earliest > self.first + 1, self.length(from: earliest - 1, to: cut) <= Self.overlap { earliest -= 1 }
        let range = earliest..<cut
        if let sentence = range.first(where: { self.isSentenceEnd($0) || self.isParagraphEnd($0) }) { return sentence }
        return range.first { $0 > self.first && self.units[$0 - 1].character.isWhitespace } ?? cut
    }
}

/// What ends a sentence.
enum SentenceEnd {
    /// Ends one where a blank follows.
    static func isMark(_ character: Character) -> Bool {
        switch character {
        case ".", "!", "?", "…": true
        default: self.isFullWidth(character)
        }
    }

    /// Ends one whatever follows.
    static func isFullWidth(_ character: Character) -> Bool {
        switch character {
        case "。", "！", "？", "．": true
        default: false
        }
    }
}
