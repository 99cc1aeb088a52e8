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
        // Eleven bytes for one are the most that there are, so this limit is never met.
        guard self.needsFolding(text), let folded = FoldingPass.folded(text, atMost: .max) else { return nil }
        return folded.utf8.elementsEqual(text.utf8) ? nil : folded
    }

    /// Folds a text from outside, and gives up when it expands too far.
    ///
    /// Letters with marks expand to at most three times their bytes on the way; only a few characters that stand for whole words,
    /// such as U+FDFA, go beyond that. With a limit of ``usualExpansion(of:)`` no honest text is refused.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - limit: Bytes of UTF-8 to which the text may expand; they bound time and memory beside the length of the text.
    /// - Returns: The folded form, or nil when it is byte for byte the text itself.
    /// - Throws: ``TextFoldingError`` with code `tooLarge`.
    public static func folded(_ text: String, atMost limit: Int) throws(TextFoldingError) -> String? {
        guard self.needsFolding(text) else { return nil }
        guard let folded = FoldingPass.folded(text, atMost: limit) else {
            throw TextFoldingError(.tooLarge, message: "the text expands too far when characters become what they stand for")
        }
        return folded.utf8.elementsEqual(text.utf8) ? nil : folded
    }

    /// Bytes that no honest text of so many bytes expands beyond: three times as many, and 16 KiB, in which a short text may hold
    /// any characters.
    public static func usualExpansion(of bytes: Int) -> Int {
        let (product, isTooLarge) = bytes.multipliedReportingOverflow(by: 3)
        return isTooLarge || product > .max - 16_384 ? .max : product + 16_384
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
