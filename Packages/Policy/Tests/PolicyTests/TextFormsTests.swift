import Testing

@testable import Policy

@Suite("Forms of texts")
struct TextFormsTests {
    @Test("without accents and small capitals, and nothing else changed")
    func bareLetters() {
        #expect(BareLetters.text(of: "Ünïcödé ǹ ṩ ø Ł ɢʀᴇᴀᴛ ꜱ") == "Unicode n s o L great s")
        for text in ["", "plain", "日本語", "Привет", "ßæœ", "Ελλ", "مرحبا", "한국어", "😀", "ა", "Ꭰ", "\u{2AF}", "\u{1E9F}"] {
            #expect(BareLetters.text(of: text) == nil, "\(text)")
        }
        #expect(BareLetters.text(of: "日本é語😀") == "日本e語😀")
    }

    @Test("of plain ASCII are the text itself")
    func plain() {
        #expect(TextForms("ignore this; 100 %d").others.isEmpty)
        #expect(TextForms("").others.isEmpty)
    }

    @Test("put a blank where one kind of hidden characters stands, and nothing for the others")
    func hiddenBlanks() {
        let forms = TextForms("i\u{2060}gnore\u{200B}all").others
        #expect(forms.contains("ignoreall"))
        #expect(forms.contains("ignore all"))
        #expect(forms.contains("i gnoreall"))
        // However many kinds there are, few forms come of them.
        let many = String(String.UnicodeScalarView((0x2060...0x206F).compactMap { Unicode.Scalar($0) }))
        #expect(TextForms("a\(many)b%41").others.count <= 12)
    }

    @Test("read backwards behind an override of the direction, and what tags spell")
    func hidden() {
        #expect(TextForms("\u{202E}cba").others.contains("abc"))
        #expect(TextForms("x\u{E0061}\u{E0062}").others.contains("ab"))
        #expect(TextForms("%2561").others == ["a"])
    }

    @Test("undo percent-encoding however often it was done, and whatever stands beside it that is no UTF-8")
    func percent() {
        var often = "%69gnore"
        for _ in 0..<40 { often = often.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25") }
        #expect(TextForms(often).others == ["ignore"])
        #expect(TextForms("caf%E9 %69gnore").others.contains("caf\u{FFFD} ignore"))
        #expect(TextForms("%ff %69gnore").others.contains("\u{FFFD} ignore"))
        #expect(TextForms("%%34 1%").others == ["%4 1%"])
        #expect(TextForms("100% sure, %zz, %").others.isEmpty)
    }
}
