import TestKit
import TextFolding
import Testing

@Suite("Canonical paths")
struct CanonicalPathTests {
    @Test(
        "keep ordinary names, and drop what means nothing",
        arguments: [
            ("/data/report..final.csv", "/data/report..final.csv"), ("/data/100%.txt", "/data/100%.txt"),
            ("/data/\u{2026}/x", "/data/\u{2026}/x"),
            ("/data/a/./b//c/", "/data/a/b/c"), ("/", "/"), ("/data/日本語ノート.txt", "/data/日本語ノート.txt"),
            ("/data/größe.csv", "/data/größe.csv"),
            ("/data/a%20b", "/data/a%20b"), ("/data/50%25", "/data/50%25"), ("/data/.hidden", "/data/.hidden"),
            ("/data/...", "/data/..."),
            ("/data/~tmp", "/data/~tmp"), ("/data/a;b", "/data/a;b"), ("/data/❤\u{FE0F}.png", "/data/❤\u{FE0F}.png"),
            ("/data/e\u{301}", "/data/e\u{301}"),
        ])
    func keep(_ text: String, _ expected: String) throws {
        let path = try CanonicalPath(text)
        #expect(path.text.utf8.elementsEqual(expected.utf8))
        #expect(path.depth == path.segments.count)
        #expect(try CanonicalPath(path.text) == path)
    }

    @Test(
        "refuse what may lead elsewhere",
        arguments: [
            ("/data/../etc/hosts", .traversal), ("/data/..", .traversal), ("/..", .traversal), ("/data/.", .traversal),
            ("/data//../etc", .traversal),
            ("/data/%2e%2e/etc", .hiddenSeparator), ("/data/%2E%2E%2Fetc", .hiddenSeparator),
            ("/data/%252e%252e%252fetc", .hiddenSeparator),
            ("/data/..%c0%af", .invalidEncoding), ("/data/\u{FF0E}\u{FF0E}/etc", .traversal),
            ("/data/..\\..\\etc", .invalidCharacter),
            ("/data/a\u{0}.csv", .invalidCharacter), ("/data/a%00.csv", .invalidCharacter), ("~root/.ssh", .notAbsolute),
            ("file:///etc/hosts", .notAbsolute),
            ("/data/%2e%2e%2%2e%2e%2ff", .hiddenSeparator), ("//server/share", .notAbsolute), ("data/x", .notAbsolute),
            ("", .notAbsolute), ("./x", .notAbsolute),
            ("/data/a%2fb", .hiddenSeparator), ("/data/a\u{2215}b", .hiddenSeparator), ("/data/a\u{FF0F}b", .hiddenSeparator),
            ("/data/a\u{2044}b", .hiddenSeparator),
            ("/data/a\u{FF3C}b", .invalidCharacter), ("/data/a%5cb", .invalidCharacter), ("/data/\u{2025}/etc", .traversal),
            ("/data/\u{2024}\u{2024}/etc", .traversal),
            ("/data/.\u{200B}./etc", .traversal), ("/data/.%E2%80%8B./etc", .traversal),
            ("/data/\u{FF05}2e\u{FF05}2e/etc", .hiddenSeparator), ("/data/.. /etc", .traversal),
            ("/data/..;x/etc", .traversal), ("/data/ ../etc", .traversal), ("/data/\u{2024}/x", .traversal),
            ("/data/%u002e%u002e/etc", .hiddenSeparator),
            ("/data/a\nb", .invalidCharacter), ("/data/a%0ab", .invalidCharacter), ("/data/a\u{85}b", .invalidCharacter),
            ("/data/x%2525252525252525252541", .tooManyEncodings),
            ("/data/.%u200b./etc", .traversal), ("/data/a\u{2028}b", .invalidCharacter), ("/data/\u{200B}/x", .invalidCharacter),
        ] as [(String, TextFoldingError.Code)])
    func refuse(_ text: String, _ code: TextFoldingError.Code) {
        let error = #expect(throws: TextFoldingError.self) { try CanonicalPath(text) }
        #expect(error?.code == code, "\(String(describing: error))")
    }

    @Test("are inside another at the borders of names only")
    func areInside() throws {
        let data = try CanonicalPath("/data/")
        #expect(try CanonicalPath("/data/x").isInside(data))
        #expect(try CanonicalPath("/data").isInside(data))
        #expect(try !CanonicalPath("/data-evil/x").isInside(data))
        #expect(try !CanonicalPath("/").isInside(data))
        #expect(try data.isInside(CanonicalPath("/")))
        #expect(try !CanonicalPath("/d\u{E9}/x").isInside(CanonicalPath("/de\u{301}")))
        #expect(try CanonicalPath("/d\u{E9}") != CanonicalPath("/de\u{301}"))
        #expect(try Set([data, CanonicalPath("/data")]).count == 1)
    }

    @Test("have a bounded length")
    func areBounded() throws {
        let longest = "/" + String(repeating: "a", count: CanonicalPath.maximumBytes - 1)
        #expect(try CanonicalPath(longest).depth == 1)
        #expect(throws: TextFoldingError(.tooLong, message: "")) { try CanonicalPath(longest + "a") }
    }

    @Test("read again as themselves, and never hold a way up in any form")
    func areStable() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        let pieces = [
            "/", "/", ".", ".", "..", "%2e", "%2f", "%25", "2e", "%", "a", "data", "\u{2026}", "\u{2024}", "\u{FF0E}", "\u{200B}",
            " ", ";", "\\", "é", "~",
        ]
        var kept = 0
        for _ in 0..<TestRun.count(30_000, long: 1_000_000) {
            let text =
                "/" + (0..<Int.random(in: 0...7, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            guard let path = try? CanonicalPath(text) else { continue }
            kept += 1
            #expect(try CanonicalPath(path.text) == path, "\(text)")
            let folded = TextFolding.folded(path.text) ?? path.text
            let decoded = try TextFolding.percentDecoded(folded) ?? folded
            for form in [path.text, folded, decoded] {
                #expect(form.split(separator: "/").count == path.depth, "\(text)")
                #expect(!form.split(separator: "/").contains { $0 == ".." || $0 == "." }, "\(text)")
            }
        }
        #expect(kept > 1_000)
    }
}
