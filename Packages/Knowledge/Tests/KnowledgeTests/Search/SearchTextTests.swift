import Testing

@testable import Knowledge

@Suite("Search text")
struct SearchTextTests {
    @Test(
        "is cut into words and folded",
        arguments: [
            ("asyncio.run(main())", ["asyncio", "run", "main"]),
            ("std::vector<int>", ["std", "vector", "int"]),
            ("site-packages/foo/bar.py", ["site", "package", "foo", "bar", "py"]),
            ("v1.2.3 utf8 python3", ["v1", "2", "3", "utf8", "python3"]),
            ("EADDRINUSE snake_case", ["eaddrinuse", "snake", "case"]),
            ("getElementById", ["getelementbyid", "get", "element", "by", "id"]),
            ("HTTPServer Base64Encoder", ["httpserver", "http", "server", "base64encoder", "base64", "encoder"]),
            ("queries classes errors class status", ["query", "classe", "error", "class", "status"]),
            ("Größe naïve e\u{301}te\u{301}", ["große", "naive", "ete"]),
            ("ＦＵＬＬ ﬁle 𝐛𝐨𝐥𝐝", ["full", "file", "bold"]),
            ("日本語 カナ", ["日", "本", "語", "カ", "ナ"]),
            ("ΟΔΟΣ οδος", ["oδoo", "oδoo"]),
            ("soft\u{AD}hyphen", ["softhyphen"]),
            ("😀 \u{0} -- '\"", []),
        ])
    func words(_ text: String, _ expected: [String]) {
        let lexemes = SearchText.words(of: text).flatMap { $0.tokens.map(\.lexeme) }
        #expect(lexemes == expected)
    }

    @Test("is the same in capitals and small letters", arguments: ["привет", "île", "ångström", "ñandú", "вера", "рим", "λόγος"])
    func capitals(_ text: String) {
        #expect(SearchText.words(of: text).map(\.whole.lexeme) == SearchText.words(of: text.uppercased()).map(\.whole.lexeme))
        #expect(SearchText.words(of: text).count == 1)
    }

    @Test("tells where each word stands, in Unicode scalars")
    func ranges() {
        let words = SearchText.words(of: "é😀 getId, x")
        #expect(words.map(\.whole.range) == [0..<1, 3..<8, 10..<11])
        #expect(words[1].parts.map(\.range) == [3..<6, 6..<8])
        #expect(SearchText.words(of: "one two three", scalars: 7).map(\.whole.lexeme) == ["one", "two"])
    }

    @Test("bounds a word at 64 bytes, between characters")
    func longWords() {
        #expect(SearchText.words(of: String(repeating: "a", count: 100_000)).map(\.whole.lexeme.utf8.count) == [64])
        #expect(SearchText.words(of: String(repeating: "ж", count: 100)).map(\.whole.lexeme.utf8.count) == [64])
        #expect(SearchText.words(of: "a" + String(repeating: "ж", count: 100)).map(\.whole.lexeme.utf8.count) == [63])
    }

    @Test("takes what has many capitals for data, not for words")
    func encodedData() {
        #expect(SearchText.words(of: "aBcDeFgHiJkLmNoPqRsT").map(\.parts) == [[]])
    }

    @Test("makes lexemes that need no quoting, of any text")
    func plainLexemes() {
        for code in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(code) else { continue }
            for word in SearchText.words(of: "a\(scalar)b \(scalar)") {
                for token in word.tokens {
                    let isPlain = token.lexeme.unicodeScalars.allSatisfy { scalar in
                        scalar.value >= 0x80 ? !scalar.properties.isWhitespace : scalar.properties.isAlphabetic
                    }
                    if !isPlain && !token.lexeme.utf8.allSatisfy({ $0 < 0x80 && ($0 >= 0x61 || (0x30...0x39).contains($0)) }) {
                        Issue.record("U+\(String(code, radix: 16)) gives \(token.lexeme)")
                    }
                }
            }
        }
    }
}

@Suite("Search document")
struct SearchDocumentTests {
    @Test("has the same words at the same places for both stores")
    func places() {
        let document = SearchDocument(title: "Run it", tags: ["a-b", "c"], context: "runs", solution: "getId")
        #expect(document.columns == ["run it", "a b _ c", "run", "getid get id"])
        #expect(
            document.vector.split(separator: " ").sorted().joined(separator: " ")
                == "'a':5B 'b':6B 'c':8B 'get':13D 'getid':12D 'id':14D 'it':3A 'run':2A,10C")
        #expect(document.terms == ["getid"])
    }

    @Test("keeps within what PostgreSQL takes, and leaves each text its half")
    func bounds() {
        let words = (0..<20_000).map { "word\($0)x" }.joined(separator: " ")
        let document = SearchDocument(title: "t", tags: [], context: words, solution: words)
        #expect(document.fields.map(\.count).reduce(4, +) <= SearchDocument.mostPlaces)
        #expect(document.fields[2].count > 7_900)
        #expect(document.fields[3].count > 7_900)
        let same = SearchDocument(title: "t", tags: [], context: String(repeating: "same ", count: 1_000), solution: "same end")
        #expect(same.fields[2].compactMap(\.self).count == SearchDocument.mostOccurrences)
        #expect(same.fields[2].count == 1_000)
        #expect(same.fields[3] == [nil, "end"])
    }
}
