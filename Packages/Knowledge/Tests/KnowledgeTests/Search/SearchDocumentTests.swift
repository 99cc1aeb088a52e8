import Testing

@testable import Knowledge

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
