import StrictJSON
import TestKit
import Testing

@Suite("Source maps")
struct JSONSourceMapTests {
    private static func mapped(_ literal: String, _ decoded: Range<Int>) throws -> String {
        let document = try JSONDocument(parsing: Array("[0,\(literal)]".utf8))
        let span = try #require(document.root[1]?.span)
        let range = try #require(document.sourceMap(ofStringAt: span)).sourceRange(of: decoded)
        return String(decoding: document.bytes[range], as: UTF8.self)
    }

    @Test(
        "lead from unescaped bytes to the bytes that stand for them",
        arguments: [
            (#""plain text""#, 0..<5, "plain"), (#""plain text""#, 6..<10, "text"), (#""a\nb""#, 0..<1, "a"),
            (#""a\nb""#, 1..<2, #"\n"#),
            (#""a\nb""#, 2..<3, "b"), (#""a\nb""#, 0..<3, #"a\nb"#), (#""key=\u0073ecret!""#, 4..<10, #"\u0073ecret"#),
            (#""key=\u0073ecret!""#, 5..<10, "ecret"), (#""\ud83d\ude00x""#, 4..<5, "x"),
            (#""\ud83d\ude00x""#, 0..<4, #"\ud83d\ude00"#),
            (#""\"\\\/""#, 1..<2, #"\\"#), (#""tail\t""#, 4..<5, #"\t"#), (#""\u00e9\u00e9""#, 2..<4, #"\u00e9"#),
            // Cut characters and escapes are taken whole
            (#""\ud83d\ude00x""#, 1..<2, #"\ud83d\ude00"#), (#""\u00e9x""#, 1..<3, #"\u00e9x"#), ("\"a😀b\"", 2..<3, "😀"),
            ("\"a😀b\"", 0..<3, "a😀"),
            ("\"a😀b\"", 4..<6, "😀b"), ("\"é\\n€\"", 1..<4, "é\\n€"),
            // Ranges that are empty or reach beyond the string
            (#""a\nb""#, 1..<1, ""), (#""abc""#, 1..<100, "bc"), (#""abc""#, 50..<100, ""), (#""abc""#, -5..<1, "a"),
            (#""""#, 0..<1, ""),
        ] as [(String, Range<Int>, String)])
    func mapsRanges(_ literal: String, _ decoded: Range<Int>, _ source: String) throws {
        #expect(try Self.mapped(literal, decoded) == source)
    }

    @Test("work for keys too")
    func mapsKeys() throws {
        let document = try JSONDocument(parsing: Array(#"{"pass\u0077ord":1}"#.utf8))
        let member = try #require(document.root.members.first)
        let map = try #require(document.sourceMap(ofStringAt: member.keySpan))
        #expect(map.decodedCount == member.key.utf8.count)
        #expect(String(decoding: document.bytes[map.sourceRange(of: 4..<8)], as: UTF8.self) == #"\u0077ord"#)
    }

    @Test("exist for strings only", arguments: [0..<1, 0..<2, 1..<2, 2..<3, 0..<100, 5..<5, 3..<7, -1..<3, 4..<9])
    func refusesOtherSpans(_ span: Range<Int>) throws {
        let document = try JSONDocument(parsing: Array(#"["a","b\n",12]"#.utf8))
        #expect(document.sourceMap(ofStringAt: span) == nil || span == 1..<4)
        #expect(document.sourceMap(ofStringAt: 1..<4)?.decodedCount == 1)
        #expect(document.sourceMap(ofStringAt: 5..<10)?.decodedCount == 2)
        #expect(document.sourceMap(ofStringAt: 1..<10) == nil)
    }

    @Test("lead, in random strings, to text that unescapes to the range, and whose replacement leaves valid JSON")
    func mapsRandomStrings() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let pieces: [(source: String, text: String)] = [
            ("a", "a"), ("word ", "word "), ("é", "é"), ("😀", "😀"), (#"\n"#, "\n"), (#"\""#, "\""), (#"\\"#, "\\"),
            (#"\u00e9"#, "é"),
            (#"\ud83d\ude00"#, "😀"), (#"\u0041"#, "A"), ("€", "€"), (#"\/"#, "/"),
        ]
        for _ in 0..<TestRun.count(300, long: 20_000) {
            let chosen = (0..<Int.random(in: 0...8, using: &generator)).compactMap { _ in pieces.randomElement(using: &generator)
            }
            let text = chosen.map(\.text).joined()
            let document = try JSONDocument(parsing: Array("{\"k\":\"\(chosen.map(\.source).joined())\"}".utf8))
            let node = try #require(document.root["k"])
            #expect(node.value == .string(text))
            let map = try #require(document.sourceMap(ofStringAt: node.span))
            #expect(map.decodedCount == text.utf8.count)
            // Whole pieces map to exactly their source.
            var offset = 0
            for piece in chosen {
                let range = map.sourceRange(of: offset..<(offset + piece.text.utf8.count))
                #expect(String(decoding: document.bytes[range], as: UTF8.self) == piece.source)
                offset += piece.text.utf8.count
            }
            // Any range at all can be replaced.
            let bounds = [Int.random(in: 0...offset, using: &generator), Int.random(in: 0...offset, using: &generator)].sorted()
            var bytes = document.bytes
            bytes.replaceSubrange(map.sourceRange(of: bounds[0]..<bounds[1]), with: Array("[REDACTED]".utf8))
            let redacted = try JSONValue(parsing: bytes)["k"]?.stringValue
            #expect(redacted?.contains("[REDACTED]") == true)
        }
    }
}
