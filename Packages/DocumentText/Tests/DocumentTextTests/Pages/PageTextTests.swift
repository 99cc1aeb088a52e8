import TestKit
import Testing

@testable import DocumentText

@Suite("Text of pages")
struct PageTextTests {
    static let texts: [(raw: String, normal: String)] = [
        ("a\r\nb\rc\n\r\n", "a\nb\nc\n\n"), ("a\u{B}b\u{85}c\u{2028}d\u{2029}e", "a\nb\nc\nd\ne"),
        ("a\u{0}\u{1}\u{1B}[0m\u{7F}\u{9F}b\tc", "a[0mb\tc"), ("\u{FEFF}x\u{FEFF}", "x"), ("cafe\u{301}", "caf\u{E9}"),
        ("\u{1100}\u{1161}", "\u{AC00}"), ("\u{E2}\u{C2}\u{2030}\u{A0}\u{EF}", "\u{E2}\u{C2}\u{2030}\u{A0}\u{EF}"), ("", ""),
    ]

    @Test("is brought into one form", arguments: texts.indices)
    func normalises(_ index: Int) {
        let text = PageText.normalised(Self.texts[index].raw.utf8)
        #expect(text.unicodeScalars.elementsEqual(Self.texts[index].normal.unicodeScalars), "\(text.debugDescription)")
    }

    @Test("has no run of marks that takes long to compose, and keeps those that people write")
    func marks() {
        let written = "e" + String(repeating: "\u{323}\u{302}", count: 15)
        #expect(!PageText.normalised(written.utf8).unicodeScalars.contains("\u{34F}"))
        // The square of this length would be 10^11 steps.
        let hostile = "a" + String(repeating: "\u{301}\u{323}\u{327}", count: 106_666)
        let text = PageText.normalised(hostile.utf8)
        var longest = 0
        var run = 0
        for scalar in text.unicodeScalars {
            run = scalar.properties.canonicalCombiningClass == .notReordered ? 0 : run + 1
            longest = max(longest, run)
        }
        #expect(longest == 30)
        #expect(text.unicodeScalars.count { $0 != "\u{34F}" } >= 319_990)
    }

    @Test("is clean whatever the bytes, and stays as it is the second time")
    func survivesAnything() {
        var random = SeededGenerator(seed: TestRun.seed)
        let pieces: [[UInt8]] = [
            [0xE2], [0x80], [0xA8], [0xC2], [0x85], [0xEF], [0xBB], [0xBF], [0x0D], [0x0A], [0xCC], [0x81], [0x65],
        ]
        for _ in 0..<TestRun.count(500, long: 20_000) {
            let bytes = (0..<Int.random(in: 0...30, using: &random)).flatMap { _ in
                Bool.random(using: &random)
                    ? pieces.randomElement(using: &random) ?? [] : [UInt8.random(in: 0...255, using: &random)]
            }
            let text = PageText.normalised(bytes)
            #expect(PageText.isClean(text), "\(bytes)")
            #expect(PageText.normalised(text.utf8).utf8.elementsEqual(text.utf8), "\(bytes)")
        }
    }

    @Test("is parted by form feeds, of which the last one ends a page")
    func parts() throws {
        for (text, pages) in [("a\u{C}b", ["a", "b"]), ("a\u{C}\u{C}b\u{C}", ["a", "", "b"]), ("", [""]), ("\u{C}", [""])] {
            #expect(try Self.pages(of: text, ExtractionLimits()) == pages)
        }
    }

    @Test("ends at the limits of pages and bytes")
    func isBounded() throws {
        var limits = ExtractionLimits()
        limits.pages = 2
        limits.textBytes = 4
        #expect(try Self.pages(of: "ab\u{C}cd", limits) == ["ab", "cd"])
        for text in ["a\u{C}b\u{C}c", "abcde", "ab\u{C}cde"] {
            let error = #expect(throws: DocumentTextError.self) { try Self.pages(of: text, limits) }
            #expect(error?.code == .tooLarge)
        }
    }

    private static func pages(of text: String, _ limits: ExtractionLimits) throws -> [String] {
        var pages: [String] = []
        var writer = PageWriter(limits: limits) { frame in
            if case .page(let text) = frame { pages.append(text) }
        }
        try writer.add(partedByFormFeeds: Array(text.utf8))
        try writer.end()
        return pages
    }
}
