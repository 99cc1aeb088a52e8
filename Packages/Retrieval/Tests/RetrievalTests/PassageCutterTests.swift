import Testing

@testable import Retrieval

@Suite("Passage cutter")
struct PassageCutterTests {
    private static func cut(_ pages: [(Int?, String)]) -> [Passage] {
        var cutter = PassageCutter()
        var passages: [Passage] = []
        for (number, text) in pages {
            if let passage = cutter.begin(number) { passages.append(passage) }
            for character in text { passages += cutter.feed(character) }
        }
        if let passage = cutter.finish() { passages.append(passage) }
        return passages
    }

    private static func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

    private static let sentence = "The quick brown fox number NN jumps over the lazy dog near the river. "

    private static func prose(_ sentences: Int) -> String {
        (0..<sentences).map { Self.sentence.replacing("NN", with: "\($0)") }.joined()
    }

    @Test("keeps a short text whole, without blanks around it")
    func short() {
        let passages = Self.cut([(1, "  Hello there. \n")])
        #expect(passages.map(\.text) == ["Hello there."])
        #expect(passages.map(\.range) == [2..<14])
        #expect(passages.map(\.page) == [1])
        #expect(passages.map(\.overlapBytes) == [0])
    }

    @Test("makes no passage of blanks", arguments: ["", " \n\t", String(repeating: " \n", count: 5_000)])
    func blank(_ text: String) {
        #expect(Self.cut([(1, text), (2, text)]).isEmpty)
    }

    @Test("cuts prose where sentences end, and repeats whole sentences")
    func sentences() {
        let text = Self.prose(100)
        let passages = Self.cut([(nil, text)])
        #expect(passages.count > 6)
        #expect(passages.map(\.position) == Array(0..<passages.count))
        for passage in passages {
            #expect(passage.text.hasPrefix("The quick"))
            #expect(passage.text.hasSuffix("river."))
            #expect(passage.text.unicodeScalars.count <= PassageCutter.longest)
        }
        for (left, right) in zip(passages, passages.dropFirst()) {
            let overlap = left.range.upperBound - right.range.lowerBound
            #expect((60...PassageCutter.overlap).contains(overlap))
            #expect(abs(right.overlapBytes - overlap) <= 1)
        }
    }

    @Test("prefers the end of a paragraph to one of a sentence")
    func paragraphs() {
        let first = String(Self.prose(10).dropLast())
        let passages = Self.cut([(nil, "\(first)\n\n\(Self.prose(20))")])
        #expect(passages.first?.text == first)
    }

    @Test("tells where each passage stands in the text, pages parted by a line feed")
    func ranges() {
        let pages: [(Int?, String)] = [(1, Self.prose(17)), (2, "Ünï😀code e\u{301}. " + Self.prose(30)), (4, Self.prose(2))]
        let all = Self.scalars(pages.map(\.1).joined(separator: "\n"))
        let passages = Self.cut(pages)
        for passage in passages {
            #expect(Self.scalars(passage.text) == Array(all[passage.range]))
        }
        let starts = [(1, 0), (2, pages[0].1.unicodeScalars.count + 1)]
        for passage in passages where passage.range.lowerBound < all.count - pages[2].1.unicodeScalars.count {
            let page = starts.last { $0.1 <= passage.range.lowerBound }?.0
            #expect(passage.page == page)
        }
        #expect(passages.last?.range.upperBound == all.count - 1)
    }

    @Test("never cuts through a character", arguments: ["👩‍👩‍👧‍👦", "e\u{301}", "🇩🇪", "\r\n", "각"])
    func characters(_ character: String) {
        let text = String(repeating: character, count: 3_000)
        for passage in Self.cut([(nil, "x" + text)]) {
            #expect(passage.text.allSatisfy { String($0) == character || $0 == "x" })
            #expect(passage.text.unicodeScalars.count <= PassageCutter.longest)
        }
    }

    @Test("bounds passages of text that nobody writes")
    func hostile() {
        let stacked = "a" + String(repeating: "\u{301}", count: 20_000)
        let passages = Self.cut([(nil, stacked + "\0end")])
        #expect(passages.count > 15)
        #expect(passages.allSatisfy { $0.text.unicodeScalars.count <= PassageCutter.longest })
        #expect(passages.allSatisfy { !$0.text.utf8.contains(0) })
    }

    @Test("takes time in proportion to the text")
    func linear() {
        let clock = ContinuousClock()
        let (short, long) = (String(repeating: "word ", count: 10_000), String(repeating: "word ", count: 80_000))
        _ = Self.cut([(nil, short)])
        let one = clock.measure { _ = Self.cut([(nil, short)]) }
        let eight = clock.measure { _ = Self.cut([(nil, long)]) }
        // Quadratic would be 64.
        #expect(eight < one * 30)
    }
}
