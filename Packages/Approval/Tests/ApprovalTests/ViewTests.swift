import Approval
import StrictJSON
import TestKit
import Testing

@Suite("Views")
struct ViewTests {
    private static let texts: [(String, String, [TextNote])] = [
        ("plain text, 100% - /data/report.csv", "plain text, 100% - /data/report.csv", []),
        ("größer", "größer", []),
        ("Привет мир", "Привет мир", []),
        ("со мной", "со мной", []),
        ("日本語ABC", "日本語ABC", []),
        ("e\u{301}tat", "e\u{301}tat", []),
        ("C:\\temp", #"C:\\temp"#, []),
        ("a\nb\r\tc", #"a\nb\r\tc"#, [.control]),
        ("\u{1B}[2J\u{7F}", #"\u{1B}[2J\u{7F}"#, [.control]),
        ("\u{85}\u{2028}", #"\u{85}\u{2028}"#, [.control]),
        ("abc\u{202E}txt.exe", #"abc\u{202E}txt.exe"#, [.bidirectional]),
        ("\u{2066}x\u{2069}\u{200F}\u{61C}", #"\u{2066}x\u{2069}\u{200F}\u{61C}"#, [.bidirectional]),
        ("ig\u{200B}nore", #"ig\u{200B}nore"#, [.hidden]),
        ("\u{FEFF}a\u{2060}b\u{AD}c", #"\u{FEFF}a\u{2060}b\u{AD}c"#, [.hidden]),
        ("a\u{E0041}\u{E007F}", #"a\u{E0041}\u{E007F}"#, [.hidden]),
        ("a\u{FE0F}\u{3164}\u{115F}", #"a\u{FE0F}\u{3164}\u{115F}"#, [.hidden]),
        ("a\u{A0}b\u{3000}c\u{2800}", #"a\u{A0}b\u{3000}c\u{2800}"#, [.blank]),
        (" a", " a", [.blank]),
        ("a ", "a ", [.blank]),
        ("fs.r\u{435}ad", #"fs.r\u{435}ad"#, [.mixedScript]),
        ("\u{440}\u{430}\u{443}", #"\u{440}\u{430}\u{443}"#, [.lookalike]),
        ("p\u{3B1}ypal", #"p\u{3B1}ypal"#, [.mixedScript]),
        ("\u{FF46}s.read", #"\u{FF46}s.read"#, [.compatibility]),
        ("\u{1D41A}\u{24D0}", #"\u{1D41A}\u{24D0}"#, [.compatibility]),
        ("/etc\u{2215}passwd", #"/etc\u{2215}passwd"#, [.compatibility]),
        ("=\u{338}", #"=\u{338}"#, [.stackedMarks]),
        ("\u{301}a", #"\u{301}a"#, [.stackedMarks]),
        ("a\u{301}\u{301}\u{301}\u{301}\u{301}", "a\u{301}\u{301}\u{301}\\u{301}\\u{301}", [.stackedMarks]),
        ("a\u{E000}\u{378}", #"a\u{E000}\u{378}"#, [.unassigned]),
        ("שלום", "שלום", [.rightToLeft]),
        ("<b>*x*</b>", "<b>*x*</b>", []),
        ("", "", []),
    ]

    @Test("write what cannot be seen, and mark what looks like something else")
    func texts() {
        for (text, shown, notes) in Self.texts {
            let found = VisibleText.show(text)
            #expect(found.text.utf8.elementsEqual(shown.utf8), "\(shown) and \(found.text)")
            #expect(found.notes == notes, "\(shown)")
        }
    }

    @Test("never show a character that is invisible, whichever it is, and cannot be forged")
    func everyScalar() {
        for value in (0...0x10FFFF as ClosedRange<UInt32>) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let shown = VisibleText.show("a\(scalar)b").text
            let properties = scalar.properties
            let isInvisible =
                properties.isDefaultIgnorableCodePoint || properties.isBidiControl
                || [.control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse].contains(
                    properties.generalCategory)
                || (properties.generalCategory == .spaceSeparator && scalar != " ")
            let isEscaped = !shown.unicodeScalars.contains(scalar)
            if isInvisible { #expect(isEscaped, "U+\(String(value, radix: 16))") }
            // All that is left out is written as its number, or as one of three short forms.
            if isEscaped {
                let number = "a\\u{\(String(value, radix: 16, uppercase: true))}b"
                #expect([number, #"a\nb"#, #"a\rb"#, #"a\tb"#].contains(shown))
            }
        }
        #expect(VisibleText.show(#"\u{202E}"#).text == #"\\u{202E}"#)
    }

    @Test("leave notes readable")
    func notes() {
        #expect(VisibleText.note("see C:\\temp\nfine") == "see C:\\\\temp\nfine")
        #expect(VisibleText.note("ok\u{202E}\u{0}") == #"ok\u{202E}\u{0}"#)
    }

    /// What a shown text was before; nil when it cannot be told.
    private func original(_ shown: String) -> String? {
        var result = String.UnicodeScalarView()
        var rest = shown.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "\\": result.append("\\")
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "t": result.append("\t")
            case "u":
                guard rest.popFirst() == "{", let end = rest.firstIndex(of: "}"),
                    let number = UInt32(String(rest[..<end]), radix: 16), let scalar = Unicode.Scalar(number)
                else { return nil }
                result.append(scalar)
                rest = rest[rest.index(after: end)...]
            default: return nil
            }
        }
        return String(result)
    }

    @Test("show no two texts alike, neither values nor notes")
    func reversible() {
        var numbers = SeededGenerator(seed: TestRun.seed)
        let pieces = [
            "\\", "u", "{", "202E", "}", #"\u{202E}"#, #"\\u{202E}"#, "\u{202E}", "\n", #"\n"#, "\t", "\r", "\u{0}", "a",
            "\u{301}",
            "\u{430}", "x\u{435}", " ", "\u{200B}", "\u{E0041}", "é", "\u{FF46}", "0",
        ]
        for _ in 0..<TestRun.count(5_000, long: 500_000) {
            var text = ""
            for _ in 0..<Int.random(in: 0...8, using: &numbers) { text += pieces.randomElement(using: &numbers) ?? "" }
            for shown in [VisibleText.show(text).text, VisibleText.note(text)] {
                #expect(self.original(shown).map { Array($0.utf8) } == Array(text.utf8), "\(shown)")
            }
        }
        #expect(VisibleText.note(#"paid \u{202E}"#) != VisibleText.note("paid \u{202E}"))
    }

    @Test("H6: list every value with its path, type and length, whole")
    func arguments() throws {
        let long = String(repeating: "x", count: 100_000) + "; rm -rf /"
        let value: JSONValue = [
            "z": .string(long), "a/b": ["~": [1, 1.0, -0.0, true, .null, "é"]], "empty": [], "none": .object([:]),
            "k\u{202E}": "v", "n": .number(try #require(JSONNumber(text: "12345678901234567890123"))),
        ]
        let view = ArgumentView(value)
        #expect(
            view.entries.map(\.path) == [
                "/a~1b/~0/0", "/a~1b/~0/1", "/a~1b/~0/2", "/a~1b/~0/3", "/a~1b/~0/4", "/a~1b/~0/5", "/empty", #"/k\u{202E}"#,
                "/n",
                "/none", "/z",
            ])
        #expect(view.entries.map(\.type.rawValue).prefix(6) == ["integer", "float", "float", "boolean", "null", "string"])
        #expect(view.entries.map(\.shown).prefix(6) == ["1", "1.0", "-0.0", "true", "null", "é"])
        #expect(view.entries.map(\.byteCount).prefix(6) == [1, 3, 4, 4, 4, 2])
        #expect(view.entries[7].notes == [.bidirectional])
        #expect(view.entries[8].shown == "12345678901234567890123")
        #expect(view.entries[10].shown == long)
        #expect(view.entries[10].byteCount == 100_010)
        #expect(view.byteCount == value.sortedBytes().count)
        #expect(ArgumentView("x").entries.map(\.path) == [""])
    }
}
