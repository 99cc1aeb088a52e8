import Testing

@testable import DocumentText

@Suite("Text of Word documents")
struct WordTextTests {
    static let a = WordPiece.text(Array("a".utf8))
    static let b = WordPiece.text(Array("b".utf8))
    static let asked = WordPiece.pageBreak(isNoted: false)
    static let noted = WordPiece.pageBreak(isNoted: true)
    static let documents: [(pieces: [WordPiece], pages: [String])] = [
        ([a, .paragraphEnd, b, .paragraphEnd], ["a\nb"]),
        ([a, .paragraphEnd, .paragraphEnd, .paragraphEnd, b], ["a\n\n\nb"]),
        ([a, .tab, b, .lineBreak, a], ["a\tb\na"]),
        ([a, .paragraphEnd, .cellEnd, b, .paragraphEnd, .cellEnd, .rowEnd, a], ["a\tb\na"]),
        ([a, .paragraphEnd, .cellEnd, .paragraphEnd, .cellEnd, b, .paragraphEnd, .cellEnd, .rowEnd], ["a\t\tb"]),
        ([a, asked, b], ["a", "b"]), ([a, noted, b], ["a", "b"]),
        ([a, asked, .paragraphEnd, noted, b], ["a", "b"]), ([a, asked, asked, noted, b], ["a", "", "b"]),
        ([a, noted, asked, b], ["a", "", "b"]), ([a, asked, b, noted, a], ["a", "b", "a"]),
        ([], [""]), ([asked], ["", ""]),
    ]

    @Test("has a line per paragraph and row, and a page per break", arguments: documents.indices)
    func joins(_ index: Int) throws {
        var text = WordText(limit: 100)
        for piece in Self.documents[index].pieces { try text.add(piece) }
        let pages = text.takePages() + [text.finish()]
        #expect(pages == Self.documents[index].pages)
    }

    @Test("ends at its limit")
    func isBounded() throws {
        var text = WordText(limit: 3)
        try text.add(Self.a)
        try text.add(.paragraphEnd)
        try text.add(Self.b)
        let error = #expect(throws: DocumentTextError.self) { try text.add(Self.a) }
        #expect(error?.code == .tooLarge)
        #expect(throws: DocumentTextError.self) {
            for _ in 0..<3 { try text.add(.paragraphEnd) }
        }
    }
}
