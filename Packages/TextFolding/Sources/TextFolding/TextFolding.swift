/// The form of a text in which what looks alike is alike: the second form that rules are held to, beside the text as sent.
///
/// A folded text is for judging alone. It is never forwarded, and it does not stand for the text anywhere.
public enum TextFolding {
    /// How often a text is folded or decoded anew until it stays the same: 8.
    public static let maximumRounds = 8

    /// Folds a text, or says that it is its own folded form.
    ///
    /// 1. Unicode's normalisation form NFKC: full-width and mathematical letters become plain, `e` with an accent becomes `é`.
    /// 2. What shows nothing is removed: default-ignorable characters (zero-width, directions, variation selectors, tags) and
    ///    control characters but tab and line ends. Other blanks become a space.
    /// 3. Characters that look like ASCII become ASCII: confusables of Unicode Technical Standard 39, letters in squares, flags. A letter of
    ///    another script never becomes punctuation. Capitals become capitals: the Ukrainian `І` becomes `I`, not `l`.
    /// 4. Marks that do not combine with a Latin letter, such as strokes through each letter, are removed.
    ///
    /// This is repeated until nothing changes, so folding a folded text returns nil. ASCII text without control characters
    /// costs a pass over its bytes and allocates nothing. The result has at most eleven times the bytes of the text, whatever it is.
    ///
    /// - Parameter text: Any text; time and memory are linear in its length.
    /// - Returns: The folded form, or nil when it is byte for byte the text itself.
    public static func folded(_ text: String) -> String? {
        guard self.needsFolding(text) else { return nil }
        let folded = FoldingPass.folded(text)
        return folded.utf8.elementsEqual(text.utf8) ? nil : folded
    }

    /// Whether any byte is not plain ASCII; eight bytes at a time.
    private static func needsFolding(_ text: String) -> Bool {
        let found = text.utf8.withContiguousStorageIfAvailable { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            var index = 0
            while index + 8 <= raw.count {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                // A byte below 0x20, one that is 0x7F, or one above it leaves a high bit.
                let low = (word &- 0x2020_2020_2020_2020) & ~word
                let delete = word &+ 0x0101_0101_0101_0101
                if (word | low | delete) & 0x8080_8080_8080_8080 != 0 {
                    // Tab and line ends are below 0x20 too.
                    for byte in raw[index..<(index + 8)] where self.isUnplain(byte) { return true }
                }
                index += 8
            }
            return raw[index...].contains(where: self.isUnplain)
        }
        return found ?? text.utf8.contains(where: self.isUnplain)
    }

    private static func isUnplain(_ byte: UInt8) -> Bool { byte >= 0x80 || self.isRemovedControl(byte) }

    static func isRemovedControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && !(0x09...0x0D).contains(byte) || byte == 0x7F
    }
}
