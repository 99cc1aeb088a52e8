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
        for form in [text, folded] {
            guard let decoded = form.flatMap(Self.percentDecoded) else { continue }
            add(decoded)
            add(TextFolding.folded(decoded))
        }
        for form in [text] + others { add(BareLetters.text(of: form)) }
        self.others = others
    }

    /// The text with all percent-encoding undone, however often it was done; nil when there is none.
    ///
    /// Bytes that are no UTF-8 become U+FFFD, so that one of them hides nothing of the rest; constraints on paths refuse them by
    /// themselves. Goes over the text once: what a byte completes is decoded as soon as it is there.
    private static func percentDecoded(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            bytes.append(byte)
            while bytes.count >= 3, bytes[bytes.count - 3] == UInt8(ascii: "%"),
                let high = Self.digit(bytes[bytes.count - 2]), let low = Self.digit(bytes[bytes.count - 1])
            {
                bytes.removeLast(3)
                bytes.append(high << 4 | low)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
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
