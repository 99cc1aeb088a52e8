/// Latin letters without their accents and small capitals as letters: a model reads `ígnöre` and `ɪɢɴᴏʀᴇ` as it reads `ignore`, and
/// no word of a rule is written so.
///
/// What a folded text keeps of accents is composed with a Latin letter, so a table of some blocks is enough.
enum BareLetters {
    private static let blocks: [ClosedRange<UInt32>] = [0xC0...0x2AF, 0x1D00...0x1D7F, 0x1E00...0x1EFF, 0xA730...0xA7FF]

    /// The ASCII letter under each letter of the blocks; 0 where there is none.
    private static let tables: [[UInt8]] = blocks.map { $0.map { Self.base(of: $0) } }

    /// By the name of the character, such as `LATIN SMALL LETTER E WITH ACUTE` and `LATIN LETTER SMALL CAPITAL G`.
    private static func base(of code: UInt32) -> UInt8 {
        guard let words = Unicode.Scalar(code)?.properties.name?.split(separator: " "), words.count >= 5, words[0] == "LATIN"
        else {
            return 0
        }
        if words[1] == "LETTER", words[2] == "SMALL", words[3] == "CAPITAL", words.count == 5, words[4].utf8.count == 1 {
            return words[4].utf8.first?.asciiLowercased ?? 0
        }
        guard words[2] == "LETTER", words[3].utf8.count == 1, words[4] == "WITH", let letter = words[3].utf8.first else {
            return 0
        }
        return words[1] == "SMALL" ? letter.asciiLowercased : letter
    }

    private static func base(of scalar: Unicode.Scalar) -> UInt8 {
        for (block, table) in zip(self.blocks, self.tables) where block.contains(scalar.value) {
            return table[Int(scalar.value - block.lowerBound)]
        }
        return 0
    }

    /// The text with such letters replaced, or nil when there are none.
    static func text(of folded: String) -> String? {
        // Only these bytes begin a letter of the blocks.
        guard folded.utf8.contains(where: { (0xC3...0xCA).contains($0) || $0 == 0xE1 || $0 == 0xEA }) else { return nil }
        var bare = String.UnicodeScalarView()
        var isChanged = false
        for scalar in folded.unicodeScalars {
            let letter = scalar.value < 0xC0 ? 0 : self.base(of: scalar)
            if letter != 0 { isChanged = true }
            bare.append(letter == 0 ? scalar : Unicode.Scalar(letter))
        }
        return isChanged ? String(bare) : nil
    }
}
