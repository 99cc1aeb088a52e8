import SearchText
import Testing

@Suite("Tokenizer")
struct TokenizerTests {
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
        let lexemes = Tokenizer.words(of: text).flatMap { $0.tokens.map(\.lexeme) }
        #expect(lexemes == expected)
    }

    @Test("is the same in capitals and small letters", arguments: ["привет", "île", "ångström", "ñandú", "вера", "рим", "λόγος"])
    func capitals(_ text: String) {
        #expect(Tokenizer.words(of: text).map(\.whole.lexeme) == Tokenizer.words(of: text.uppercased()).map(\.whole.lexeme))
        #expect(Tokenizer.words(of: text).count == 1)
    }

    @Test("tells where each word stands, in Unicode scalars")
    func ranges() {
        let words = Tokenizer.words(of: "é😀 getId, x")
        #expect(words.map(\.whole.range) == [0..<1, 3..<8, 10..<11])
        #expect(words[1].parts.map(\.range) == [3..<6, 6..<8])
        #expect(Tokenizer.words(of: "one two three", scalars: 7).map(\.whole.lexeme) == ["one", "two"])
    }

    @Test("bounds a word at 64 bytes, between characters")
    func longWords() {
        #expect(Tokenizer.words(of: String(repeating: "a", count: 100_000)).map(\.whole.lexeme.utf8.count) == [64])
        #expect(Tokenizer.words(of: String(repeating: "ж", count: 100)).map(\.whole.lexeme.utf8.count) == [64])
        #expect(Tokenizer.words(of: "a" + String(repeating: "ж", count: 100)).map(\.whole.lexeme.utf8.count) == [63])
    }

    @Test("takes what has many capitals for data, not for words")
    func encodedData() {
        #expect(Tokenizer.words(of: "aBcDeFgHiJkLmNoPqRsT").map(\.parts) == [[]])
    }

    @Test("makes lexemes that need no quoting, of any text")
    func plainLexemes() {
        for code in UInt32(0)...0x2FFFF {
            guard let scalar = Unicode.Scalar(code) else { continue }
            for word in Tokenizer.words(of: "a\(scalar)b \(scalar)") {
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

@Suite("Stop words")
struct StopWordsTests {
    @Test("are known in the form in which they are asked for", arguments: StopWords.words)
    func folded(_ word: String) {
        #expect(Tokenizer.words(of: word).allSatisfy { StopWords.contains($0.whole.lexeme) })
    }
}

@Suite("Search expression")
struct SearchExpressionTests {
    @Test("is written in the languages of both stores")
    func texts() {
        let expression = SearchExpression.all([.phrase(["asyncio", "run"]), .any([.phrase(["timeout"]), .phrase(["late"])])])
        #expect(expression.fts5 == #"("asyncio run" AND ("timeout" OR "late"))"#)
        #expect(expression.tsquery == "(('asyncio' <-> 'run') & ('timeout' | 'late'))")
        #expect(SearchExpression.allOf([.phrase(["one"])]) == .phrase(["one"]))
        #expect(SearchExpression.anyOf([.phrase(["one"])]) == .phrase(["one"]))
    }
}
