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

    private static func base(of code: UInt32, in tables: [[UInt8]]) -> UInt8 {
        for (block, table) in zip(self.blocks, tables) where block.contains(code) { return table[Int(code - block.lowerBound)] }
        return 0
    }

    /// The text with such letters replaced, or nil when there are none.
    static func text(of folded: String) -> String? {
        let tables = self.tables
        let bare = folded.withUTF8Bytes { bytes -> [UInt8]? in
            // Letters of the blocks have two or three bytes, of which these come first.
            func begins(_ byte: UInt8) -> Bool { (0xC3...0xCA).contains(byte) || byte == 0xE1 || byte == 0xEA }
            guard let first = bytes.firstIndex(where: begins) else { return nil }
            var bare = Array(bytes[..<first])
            bare.reserveCapacity(bytes.count)
            var place = first
            while place < bytes.count {
                let byte = bytes[place]
                let length = byte < 0xE0 ? 2 : 3
                if begins(byte), place + length <= bytes.count {
                    var code = UInt32(byte & (length == 2 ? 0x1F : 0x0F))
                    for next in bytes[(place + 1)..<(place + length)] { code = code << 6 | UInt32(next & 0x3F) }
                    let letter = self.base(of: code, in: tables)
                    if letter != 0 {
                        bare.append(letter)
                        place += length
                        continue
                    }
                }
                bare.append(byte)
                place += 1
            }
            return bare.count == bytes.count ? nil : bare
        }
        return bare.map { String(decoding: $0, as: UTF8.self) }
    }
}
