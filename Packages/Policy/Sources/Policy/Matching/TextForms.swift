import TextFolding

/// The forms in which a text is judged: as sent, folded, without accents, percent-decoded, backwards behind an override of its
/// direction, with blanks for characters that show nothing, and what it spells in such characters.
struct TextForms {
    /// The text as sent.
    let sent: String
    /// The other forms, without those that equal an earlier one; none for plain ASCII without percent signs.
    let others: [String]

    init(_ text: String) {
        self.sent = text
        var others: [String] = []
        func add(_ form: String?) {
            guard let form, !form.utf8.elementsEqual(text.utf8), !others.contains(where: { $0.utf8.elementsEqual(form.utf8) })
            else { return }
            others.append(form)
        }
        let folded = TextFolding.folded(text)
        add(folded)
        if let folded {
            add(TextFolding.hiddenText(in: text))
            for blank in Self.hiddenBlanks(in: text) {
                let spaced = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == blank ? " " : $0 }))
                add(TextFolding.folded(spaced) ?? spaced)
            }
            // Behind a right-to-left override, what is written backwards reads forwards.
            if text.unicodeScalars.contains("\u{202E}") {
                add(String(String.UnicodeScalarView(folded.unicodeScalars.reversed())))
            }
        }
        // What does not decode is no other form; constraints on paths refuse it by themselves.
        if text.utf8.contains(UInt8(ascii: "%")), let decoded = try? TextFolding.percentDecoded(text) {
            add(decoded)
            add(TextFolding.folded(decoded))
        }
        if let folded, folded.utf8.contains(UInt8(ascii: "%")), let decoded = try? TextFolding.percentDecoded(folded) {
            add(decoded)
            add(TextFolding.folded(decoded))
        }
        for form in [text] + others { add(BareLetters.text(of: form)) }
        self.others = others
    }

    /// The first characters that show nothing and may stand for the blanks between words, whatever others stand within words.
    ///
    /// Those that follow other characters for a reason of their own, selectors and tags, are none.
    private static func hiddenBlanks(in text: String) -> [Unicode.Scalar] {
        // Their first bytes in UTF-8; letters beyond Latin share some, so this only saves most texts the way.
        guard text.utf8.contains(where: { $0 == 0xC2 || $0 == 0xCD || $0 == 0xD8 || $0 >= 0xE1 && $0 <= 0xE3 || $0 == 0xEF })
        else {
            return []
        }
        var found: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars where scalar.value >= 0xAD && scalar.properties.isDefaultIgnorableCodePoint {
            if scalar.properties.isVariationSelector || scalar.value >= 0xE0000 || found.contains(scalar) { continue }
            found.append(scalar)
            if found.count == 3 { break }
        }
        return found
    }

    /// Whether a condition holds for any form; the one as sent comes first.
    func contains<Failure: Error>(where condition: (String) throws(Failure) -> Bool) throws(Failure) -> Bool {
        if try condition(self.sent) { return true }
        for form in self.others where try condition(form) { return true }
        return false
    }
}
