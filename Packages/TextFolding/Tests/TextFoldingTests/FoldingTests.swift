import Foundation
import TestKit
import TextFolding
import Testing

@Suite("Folding")
struct FoldingTests {
    @Test(
        "makes alike what looks alike",
        arguments: [
            ("ig\u{200B}nore prior", "ignore prior"), ("\u{FF49}gnore", "ignore"), ("\u{456}gnore", "ignore"),
            ("\u{406}GNORE", "IGNORE"),
            ("e\u{301}", "é"), ("\u{FEFF}run", "run"), ("a\u{202E}b", "ab"), ("ok\u{E0061}\u{E0062}", "ok"),
            ("i\u{336}g\u{336}nore", "ignore"),
            ("𝐢𝐠𝐧𝐨𝐫𝐞", "ignore"), ("🄸🅖🅝🅞🅡🅴", "IGNORE"), ("🇷🇲", "RM"), ("ра\u{455}\u{455}word", "password"),
            ("\u{435}\u{301}", "é"),
            ("a\u{A0}b\u{3000}c\u{2028}d", "a b c d"), ("ig\u{1}nore\u{7F}", "ignore"), ("“x” ‘y’", "\"x\" 'y'"),
            ("．．／etc", "../etc"),
            ("\u{2025}\u{2215}", "../"), ("\u{FDFA}", "صلى lللo عليo وسلم"), ("\u{17F}", "s"), ("\u{212A}", "K"),
            ("a\u{20DD}b", "ab"),
            ("Ⅷ", "VIII"),
        ])
    func folds(_ text: String, _ expected: String) throws {
        let folded = try #require(TextFolding.folded(text))
        #expect(folded.utf8.elementsEqual(expected.utf8), "\(folded)")
    }

    @Test(
        "leaves honest text as it is",
        arguments: [
            "", "plain ASCII, with\ttabs\r\nand lines", "größe, café, naïve, Åse", "日本語ノート", "中文字符", "한국어", "हिन्दी",
            "ไทย", "👍🏽",
        ])
    func keeps(_ text: String) {
        let folded = TextFolding.folded(text)
        #expect(folded == nil, "\(folded ?? "")")
    }

    @Test("is done after one time, and grows at most elevenfold")
    func isIdempotent() {
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(20_000, long: 1_000_000) {
            let text = Self.text(using: &random)
            guard let folded = TextFolding.folded(text) else { continue }
            #expect(TextFolding.folded(folded) == nil, "\(Self.codes(text))")
            #expect(folded.utf8.count <= 11 * text.utf8.count)
            #expect(!folded.unicodeScalars.contains { $0.properties.isDefaultIgnorableCodePoint })
            // Foundation 6.3 errs at the ends of the Hangul letters, and takes 16 bits of a character of the higher planes.
            let errs = text.unicodeScalars.contains { $0.value >= 0x20000 || [0x1113, 0x1176, 0x11C3].contains($0.value) }
            guard !errs else { continue }
            // What is folded is in the normal form, and what Foundation takes for equal folds alike.
            #expect(Self.isSame(folded.precomposedStringWithCompatibilityMapping, folded), "\(Self.codes(text))")
            let forms = [
                text.precomposedStringWithCompatibilityMapping, text.decomposedStringWithCompatibilityMapping,
                text.precomposedStringWithCanonicalMapping, text.decomposedStringWithCanonicalMapping,
            ]
            for form in forms { #expect(Self.isSame(TextFolding.folded(form) ?? form, folded), "\(Self.codes(text))") }
        }
    }

    @Test("folds every character once and for all")
    func foldsEveryCharacter() {
        var changed = 0
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = String(scalar)
            guard let folded = TextFolding.folded(text) else { continue }
            changed += 1
            let normal = text.precomposedStringWithCompatibilityMapping
            #expect(Self.isSame(TextFolding.folded(normal) ?? normal, folded), "\(String(value, radix: 16))")
            #expect(TextFolding.folded(folded) == nil, "\(String(value, radix: 16))")
            #expect(folded.utf8.count <= 11 * text.utf8.count, "\(String(value, radix: 16))")
        }
        #expect(changed > 8_000)
    }

    @Test("takes long runs of marks and of the longest expansion")
    func takesLongRuns() {
        let marks = "e" + String(repeating: "\u{301}\u{323}\u{336}", count: 20_000)
        #expect(TextFolding.folded(marks).map { $0.utf8.count < 10 } == true)
        let long = String(repeating: "\u{FDFA}", count: 10_000)
        #expect(TextFolding.folded(long)?.utf8.count == 300_000)
        #expect(TextFolding.folded(String(repeating: "a", count: 1 << 20)) == nil)
    }

    @Test("gives up on what expands too far, and takes all letters with marks")
    func limits() throws {
        let long = String(repeating: "\u{FDFA}", count: 10_000)
        let error = #expect(throws: TextFoldingError.self) {
            try TextFolding.folded(long, atMost: TextFolding.usualExpansion(of: long.utf8.count))
        }
        #expect(error?.code == .tooLarge)
        #expect(try TextFolding.folded(long, atMost: 340_000)?.utf8.count == 300_000)
        #expect(try TextFolding.folded(String(repeating: "a", count: 100), atMost: 0) == nil)
        #expect(throws: TextFoldingError(.tooLarge, message: "")) { try TextFolding.folded("\u{E9}a", atMost: 3) }
        #expect(TextFolding.usualExpansion(of: .max) == .max)
        for value in UInt32(0x80)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else { continue }
            let text = String(scalar)
            // Beyond three times go compatibility forms alone.
            guard text.decomposedStringWithCanonicalMapping.utf8.elementsEqual(text.decomposedStringWithCompatibilityMapping.utf8)
            else { continue }
            _ = try TextFolding.folded(text, atMost: 3 * text.utf8.count)
        }
    }

    @Test("finds what is spelled in characters that show nothing")
    func findsHiddenText() {
        let tags = "do it".unicodeScalars.compactMap { Unicode.Scalar($0.value + 0xE0000) }.map(String.init).joined()
        #expect(TextFolding.hiddenText(in: "hello\(tags)!") == "do it")
        let selectors = "rm".utf8.compactMap { Unicode.Scalar(0xE0100 + UInt32($0) - 16) }.map(String.init).joined()
        #expect(TextFolding.hiddenText(in: "😀\(selectors)") == "rm")
        #expect(TextFolding.hiddenText(in: "😀\(selectors)\(tags)") == "do it\nrm")
        #expect(TextFolding.hiddenText(in: "❤\u{FE0F} 1\u{FE0F}\u{20E3} ｆ") == nil)
        #expect(TextFolding.hiddenText(in: "") == nil)
    }

    private static func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    private static func codes(_ text: String) -> String {
        text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
    }

    /// Characters of the kinds that matter, in any order.
    private static func text(using random: inout SeededGenerator) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x7F, 0x80...0x24F, 0x300...0x36F, 0x370...0x52F, 0x1100...0x11FF, 0xAC00...0xD7A3, 0x2000...0x218F,
            0xFB00...0xFFEF,
            0x1D400...0x1D7FF, 0x1E00...0x1FFF, 0xE0000...0xE01EF, 0x1F100...0x1F1FF, 0x900...0xDFF, 0xD800...0x10FFFF,
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let range = ranges.randomElement(using: &random) ?? 0...0
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
