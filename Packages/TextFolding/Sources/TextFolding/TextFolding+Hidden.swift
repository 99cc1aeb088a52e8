extension TextFolding {
    /// The text that is spelled in characters which show nothing, or nil when there is none.
    ///
    /// A language model reads what a person does not see: tag characters (U+E0020 to U+E007E) spell ASCII, and variation
    /// selectors spell bytes (U+FE00 to U+FE0F for 0 to 15, U+E0100 to U+E01EF for the others). A lone selector behind a
    /// visible character, as in emoji, is none; two in a row are. ``folded(_:)`` removes all of them, so judge this beside it.
    ///
    /// - Returns: The tags' text and that of the selectors, where it is UTF-8, parted by a line end.
    public static func hiddenText(in text: String) -> String? {
        // All of them begin with one of two bytes in UTF-8.
        guard text.utf8.contains(where: { $0 == 0xF3 || $0 == 0xEF }) else { return nil }
        var tags = ""
        var selected: [UInt8] = []
        var run: [UInt8] = []
        for scalar in text.unicodeScalars {
            let value = scalar.value
            switch value {
            case 0xE0020...0xE007E:
                if let ascii = Unicode.Scalar(value - 0xE0000) { tags.unicodeScalars.append(ascii) }
            case 0xFE00...0xFE0F: run.append(UInt8(truncatingIfNeeded: value - 0xFE00))
            case 0xE0100...0xE01EF: run.append(UInt8(truncatingIfNeeded: value - 0xE0100 + 16))
            default:
                if run.count > 1 { selected += run }
                run.removeAll(keepingCapacity: true)
            }
        }
        if run.count > 1 { selected += run }
        let parts = [tags, String(validating: selected, as: UTF8.self) ?? ""].filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }
}
