/// What a model says, held to bounds: at most 8 000 Unicode scalars, without control characters.
struct ModelText {
    private static let longest = 8_000

    private(set) var text = ""
    private var count = 0

    /// Whether nothing but blanks has come.
    var isEmpty: Bool { self.text.allSatisfy(\.isWhitespace) }

    /// Takes in a part.
    ///
    /// - Returns: What of it is shown; nil when the text is too long with it.
    mutating func take(_ part: String) -> String? {
        var kept = String.UnicodeScalarView()
        for scalar in part.unicodeScalars {
            self.count += 1
            if self.count > Self.longest { return nil }
            if scalar.properties.generalCategory == .control, scalar != "\n", scalar != "\t" { continue }
            kept.append(scalar)
        }
        self.text.unicodeScalars.append(contentsOf: kept)
        return String(kept)
    }

    /// A whole answer without blanks around it; nil for one that is empty or too long.
    static func checked(_ whole: String) -> String? {
        var text = ModelText()
        guard text.take(whole) != nil, !text.isEmpty else { return nil }
        let start = text.text.firstIndex { !$0.isWhitespace } ?? text.text.startIndex
        let end = text.text.lastIndex { !$0.isWhitespace } ?? start
        return String(text.text[start...end])
    }
}
