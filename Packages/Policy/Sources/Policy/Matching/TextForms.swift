import TextFolding

/// The forms in which a text is judged: as sent, folded, percent-decoded, backwards behind an override of its direction, and what it
/// spells in characters that show nothing.
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
            // Behind a right-to-left override, what is written backwards reads forwards.
            if text.unicodeScalars.contains("\u{202E}") { add(String(String.UnicodeScalarView(folded.unicodeScalars.reversed()))) }
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
        self.others = others
    }

    /// Whether a condition holds for any form; the one as sent comes first.
    func contains<Failure: Error>(where condition: (String) throws(Failure) -> Bool) throws(Failure) -> Bool {
        if try condition(self.sent) { return true }
        for form in self.others where try condition(form) { return true }
        return false
    }
}
