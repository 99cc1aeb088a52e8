import TextFolding

/// The form of a word in which it is stored and asked for.
public enum Lexeme {
    /// Bytes of UTF-8 at which a lexeme is cut.
    public static let longest = 64

    /// Folds a word: small letters, compatibility forms and look-alikes as the letters they stand for (`TextFolding`), Latin
    /// letters without their marks, and English plurals as the singular.
    ///
    /// - Parameter scalars: Letters, digits and marks; only the first 64 count.
    /// - Returns: `nil` when nothing is left, as of a mark alone.
    public static func folded(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
        let head = scalars.prefix(Self.longest)
        if head.allSatisfy({ $0.value < 0x80 }) {
            var bytes = head.map { Self.lowered(UInt8(truncatingIfNeeded: $0.value)) }
            if scalars.count <= Self.longest { Self.dropPlural(&bytes) }
            return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        }
        var letters = String.UnicodeScalarView()
        // A sigma at the end of a word is the same letter.
        letters.append(
            contentsOf: String(String.UnicodeScalarView(head)).lowercased().unicodeScalars.map { $0 == "ς" ? "σ" : $0 })
        let small = String(letters)
        // What looks like a capital becomes one, so it is lowered once more.
        let plain = (TextFolding.folded(small) ?? small).lowercased()
        return Self.cut(plain.unicodeScalars)
    }

    /// What is left of the folded letters: without the marks of Latin ones, and without blanks, which a few ligatures of whole
    /// phrases hold.
    private static func cut(_ scalars: String.UnicodeScalarView) -> String? {
        var kept = String.UnicodeScalarView()
        var bytes = 0
        var isFull = false
        func keep(_ scalar: Unicode.Scalar) {
            let size = Unicode.UTF8.width(scalar)
            if isFull || bytes + size > Self.longest {
                isFull = true
                return
            }
            bytes += size
            kept.append(scalar)
        }
        for scalar in scalars {
            switch scalar.value {
            case 0xC0...0x24F, 0x1E00...0x1EFF:
                TextFolding.eachPlainCharacter(of: scalar) { plain in
                    if case .word = ScalarClass(plain) { keep(plain) }
                }
            case 0x300...0x36F:
                if let last = kept.last, last.value >= 0x80 { keep(scalar) }
            default:
                switch ScalarClass(scalar) {
                case .word, .unspaced: keep(scalar)
                case .mark: if !kept.isEmpty, scalar.properties.generalCategory != .format { keep(scalar) }
                case .other: break
                }
            }
        }
        guard !kept.isEmpty else { return nil }
        var result = Array(String(kept).utf8)
        if !isFull { Self.dropPlural(&result) }
        return String(decoding: result, as: UTF8.self)
    }

    /// Harman's S-stemmer ("How effective is suffixing?", 1991), for words of four ASCII letters or more.
    static func dropPlural(_ bytes: inout [UInt8]) {
        guard bytes.count >= 4, bytes.last == UInt8(ascii: "s"),
            bytes.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return }
        let third = bytes[bytes.count - 3]
        let second = bytes[bytes.count - 2]
        let isVowelBefore = third == UInt8(ascii: "a") || third == UInt8(ascii: "e")
        if second == UInt8(ascii: "e"), third == UInt8(ascii: "i") {
            let fourth = bytes[bytes.count - 4]
            if fourth == UInt8(ascii: "a") || fourth == UInt8(ascii: "e") { return }
            bytes.removeLast(3)
            bytes.append(UInt8(ascii: "y"))
        } else if second == UInt8(ascii: "e") {
            if isVowelBefore || third == UInt8(ascii: "o") { return }
            bytes.removeLast()
        } else if second != UInt8(ascii: "u"), second != UInt8(ascii: "s") {
            bytes.removeLast()
        }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
