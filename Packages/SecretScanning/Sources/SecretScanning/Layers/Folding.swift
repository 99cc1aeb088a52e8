/// Characters that hide a secret from a search for bytes: invisible ones, blanks beyond ASCII, and forms of ASCII characters.
enum Folding {
    /// A character that is left out or stands for one of ASCII.
    struct Step {
        let length: Int
        /// The ASCII character; `nil` for what is invisible.
        let byte: UInt8?
    }

    /// The character at an offset, if it is one to fold.
    ///
    /// Invisible: U+00AD, U+180E, U+200B to U+200F, U+202A to U+202E, U+2060 to U+2064, U+2066 to U+2069, U+FEFF, the variation
    /// selectors and tags. Blanks: what Python's `\s` takes and what ends no line. Forms: U+FF01 to U+FF5E, and the two letters that
    /// are an `s` and a `k` when case is disregarded.
    static func step(_ text: ByteText, at offset: Int) -> Step? {
        let (second, third) = (text[offset &+ 1], text[offset &+ 2])
        let (blank, invisible) = (Step(length: 3, byte: UInt8(ascii: " ")), Step(length: 3, byte: nil))
        switch text[offset] {
        case 0xC2:
            if second == 0xAD { return Step(length: 2, byte: nil) }
            return second == 0xA0 ? Step(length: 2, byte: UInt8(ascii: " ")) : nil
        case 0xC5: return second == 0xBF ? Step(length: 2, byte: UInt8(ascii: "s")) : nil
        case 0xE1:
            if second == 0xA0, third == 0x8E { return invisible }
            return second == 0x9A && third == 0x80 ? blank : nil
        case 0xE2:
            switch (second, third) {
            case (0x80, 0x80...0x8A), (0x80, 0xAF), (0x81, 0x9F): return blank
            case (0x80, 0x8B...0x8F), (0x80, 0xAA...0xAE), (0x81, 0xA0...0xA4), (0x81, 0xA6...0xA9): return invisible
            case (0x84, 0xAA): return Step(length: 3, byte: UInt8(ascii: "K"))
            default: return nil
            }
        case 0xE3: return second == 0x80 && third == 0x80 ? blank : nil
        case 0xEF:
            switch (second, third) {
            case (0xBB, 0xBF), (0xB8, 0x80...0x8F): return invisible
            case (0xBC, 0x81...0xBF): return Step(length: 3, byte: third &- 0x60)
            case (0xBD, 0x80...0x9E): return Step(length: 3, byte: third &- 0x20)
            default: return nil
            }
        case 0xF3:
            guard second == 0xA0, third == 0x80 || third == 0x81 || (0x84...0x87).contains(third), text[offset &+ 3] >= 0x80
            else { return nil }
            return Step(length: 4, byte: nil)
        default: return nil
        }
    }
}

extension Folding {
    /// Whether ASCII, the end of the text or a character to fold stands at an offset.
    static func touches(_ text: ByteText, _ offset: Int) -> Bool {
        text[offset] < 0x80 || self.step(text, at: offset) != nil
    }
}

extension ScanTables {
    private static let longestFolded = 16_384
    private static let foldedOverlap = 1_024
    private static let beforeFolded = 256

    /// Looks at the text around characters that are to fold, as it reads without them. Plain ASCII costs one look at its high bits.
    ///
    /// A character between two letters of another script is passed over, as the comma in Chinese prose: whatever has it in it is
    /// found without folding, too. Text of nothing but characters to fold is looked at twice, and a little more where regions overlap.
    func scanFolded(_ text: ByteText, _ block: Range<Int>, _ state: inout ScanState) {
        var bits: UInt8 = 0
        for offset in block { bits |= text.base[offset] }
        guard bits >= 0x80 else { return }
        var offset = block.lowerBound
        // Where the last character that is to fold ended.
        var lastEnd = -1
        while offset < block.upperBound {
            guard text.base[offset] >= 0xC2, offset >= state.progress.foldEnd, let step = Folding.step(text, at: offset) else {
                offset &+= 1
                continue
            }
            let isBeside = text[offset &- 1] < 0x80 || lastEnd == offset || Folding.touches(text, offset &+ step.length)
            lastEnd = offset &+ step.length
            // The mark at the start of a file hides nothing.
            let isMark = offset &+ state.progress.origin == 0 && state.depth == 0 && text.matches("\u{FEFF}", at: offset)
            guard isBeside, !isMark else {
                offset = lastEnd
                continue
            }
            let region = max(offset &- Self.beforeFolded, 0)..<min(offset &+ Self.longestFolded, text.count)
            state.charge(region.count)
            // What begins near the end of the region is looked at once more, with what follows it.
            state.progress.foldEnd = region.upperBound == text.count ? text.count : region.upperBound &- Self.foldedOverlap
            self.scanInner(.folded(region), .folded, text, &state) { buffer, _ in
                Unescaping.folded.decode(text, region, into: &buffer)
            }
            if !state.isComplete { return }
            offset = max(state.progress.foldEnd, offset &+ 1)
        }
    }
}
