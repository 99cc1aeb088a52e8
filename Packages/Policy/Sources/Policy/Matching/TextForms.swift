import TextFolding

/// The forms in which a text is judged: as sent, folded, without accents, with all escapes undone, backwards behind an override of its
/// direction, with blanks for characters that show nothing, and what it spells in such characters; in calls also its ``Readings``.
struct TextForms {
    /// The text as sent.
    let sent: String
    /// The other forms, without those that equal an earlier one; none for most texts in ASCII.
    let others: [String]

    /// - Parameters:
    ///   - text: The text as sent.
    ///   - isRead: Whether its readings are judged too.
    ///   - budget: What the forms may still come to.
    /// - Throws: ``EvaluationFailure`` when they come to more, or encodings stand inside each other too deep; the text must not pass.
    init(_ text: String, isRead: Bool = false, _ budget: inout FormBudget) throws(EvaluationFailure) {
        self.sent = text
        var forms = Forms(of: text)
        let folded = try budget.folded(text)
        try forms.add(folded, &budget)
        if let folded {
            try forms.add(TextFolding.hiddenText(in: text), &budget)
            for blank in Self.hiddenBlanks(in: text) {
                let spaced = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == blank ? " " : $0 }))
                try forms.add(try budget.folded(spaced) ?? spaced, &budget)
            }
            // Behind a right-to-left override, what is written backwards reads forwards.
            if text.unicodeScalars.contains("\u{202E}") {
                try forms.add(String(String.UnicodeScalarView(folded.unicodeScalars.reversed())), &budget)
            }
        }
        // Whoever undoes escapes may fold later, or the other way round, and what one leaves the other may find.
        var inner = text
        try forms.add(EscapeDecoding.decoded(text), &budget)
        for round in 0...TextFolding.maximumRounds {
            let decoded = EscapeDecoding.decoded(inner)
            let refolded = try budget.folded(decoded ?? inner)
            guard let next = refolded ?? decoded else { break }
            guard round < TextFolding.maximumRounds else { throw FormBudget.failure }
            inner = next
        }
        try forms.add(inner, &budget)
        for form in [text] + forms.others { try forms.add(BareLetters.text(of: form), &budget) }
        if isRead {
            for reading in Readings.all(of: BareLetters.text(of: inner) ?? inner) {
                try forms.add(reading, &budget)
                try forms.add(try budget.folded(reading), &budget)
            }
        }
        self.others = forms.others
    }

    /// - Throws: As the other initialiser does, with a budget for the text alone.
    init(_ text: String, isRead: Bool = false) throws(EvaluationFailure) {
        var budget = FormBudget(forBytes: text.utf8.count)
        try self.init(text, isRead: isRead, &budget)
    }

    /// Forms that differ.
    private struct Forms {
        private let sent: String
        private(set) var others: [String] = []

        init(of sent: String) {
            self.sent = sent
        }

        mutating func add(_ form: String?, _ budget: inout FormBudget) throws(EvaluationFailure) {
            guard let form, !form.hasSameBytes(as: self.sent), !self.others.contains(where: { $0.hasSameBytes(as: form) }) else {
                return
            }
            try budget.take(form.utf8.count)
            self.others.append(form)
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
