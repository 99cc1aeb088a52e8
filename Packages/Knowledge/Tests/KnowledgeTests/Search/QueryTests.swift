import Testing

@testable import Knowledge

@Suite("Query words")
struct QueryWordsTests {
    @Test(
        "are phrases where one word has several parts",
        arguments: [
            ("asyncio.run(main())", [["asyncio", "run", "main"]]),
            ("connection refused", [["connection"], ["refused"]]),
            ("getElementById", [["getelementbyid"]]),
            ("document.getElementById", [["document", "getelementbyid"]]),
            ("a.getId.b", [["a", "getid", "get", "id", "b"]]),
            ("how to fix the timeout", [["timeout"]]),
            ("how to", [["how"], ["to"]]),
            ("same SAME same", [["same"]]),
            ("日本", [["日", "本"]]),
            ("'\"; -- 😀", []),
        ])
    func phrases(_ text: String, _ expected: [[String]]) {
        #expect(QueryWords(text).words.map(\.phrase) == expected)
    }

    @Test("are at most 32, of at most 16 lexemes")
    func bounds() {
        #expect(QueryWords((0..<100).map { "w\($0)" }.joined(separator: " ")).words.count == 32)
        #expect(QueryWords((0..<100).map { "w\($0)" }.joined(separator: ".")).words.map(\.phrase.count) == [16])
    }
}

@Suite("Edit distance")
struct EditDistanceTests {
    @Test(
        "counts insertions, deletions, substitutions and swaps as one",
        arguments: [
            ("asyncio", "asyncio", 0), ("asyncio", "asynco", 1), ("asyncio", "asynciio", 1), ("asyncio", "asyncia", 1),
            ("asyncio", "asycnio", 1), ("postgres", "psotgers", 2), ("abcd", "dcba", nil), ("", "ab", 2), ("ab", "abcde", nil),
            ("ca", "abc", nil),
        ] as [(String, String, Int?)])
    func distance(_ left: String, _ right: String, _ expected: Int?) {
        #expect(EditDistance.between(Array(left.unicodeScalars), Array(right.unicodeScalars), atMost: 2) == expected)
        #expect(EditDistance.between(Array(right.unicodeScalars), Array(left.unicodeScalars), atMost: 2) == expected)
    }

    @Test("is that of the plain algorithm for all short words", arguments: [1, 2])
    func againstPlain(_ limit: Int) {
        var words: [[Unicode.Scalar]] = [[]]
        for _ in 0..<4 { words += words.flatMap { word in ["a", "b"].map { word + [$0] } } }
        let unique = Array(Set(words))
        for left in unique {
            for right in unique {
                let plain = Self.plain(left, right)
                #expect(EditDistance.between(left, right, atMost: limit) == (plain <= limit ? plain : nil))
            }
        }
    }

    /// By the recursive definition.
    private static func plain(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        if left.isEmpty || right.isEmpty { return left.count + right.count }
        let (shortLeft, shortRight) = (Array(left.dropLast()), Array(right.dropLast()))
        var cost = self.plain(shortLeft, shortRight) + (left.last == right.last ? 0 : 1)
        if left.last != right.last { cost = min(cost, self.plain(shortLeft, right) + 1, self.plain(left, shortRight) + 1) }
        if left.count > 1, right.count > 1, left.last == right[right.count - 2], left[left.count - 2] == right.last {
            cost = min(cost, self.plain(left.dropLast(2), right.dropLast(2)) + 1)
        }
        return cost
    }
}
