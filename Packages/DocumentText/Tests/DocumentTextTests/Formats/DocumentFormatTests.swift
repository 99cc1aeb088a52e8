import DocumentText
import Testing

@Suite("Claims of documents")
struct DocumentFormatTests {
    static let claims: [(name: String?, type: String?, format: DocumentFormat?)] = [
        ("report.pdf", nil, .pdf), ("REPORT.PDF", "application/pdf", .pdf), (nil, "application/x-pdf", .pdf),
        ("a.b.docx", "application/octet-stream", .docx), ("a.docx", "application/zip", .docx),
        (nil, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", .docx),
        ("notes.txt", "text/plain; charset=utf-8", .plainText), ("notes.md", "text/plain", .markdown),
        ("notes.txt", "text/markdown", .plainText), ("notes.log", "TEXT/Markdown", .markdown), ("notes", "text/csv", .plainText),
        ("C:\\docs\\notes.markdown", nil, .markdown), ("folder.pdf/notes", nil, nil), ("folder.pdf\\notes", nil, nil),
        ("notes.", nil, nil), ("", "", nil), (nil, nil, nil), ("pdf", nil, nil), ("report.pdf.exe", nil, nil),
        (String(repeating: "x", count: 100_000) + "." + String(repeating: "y", count: 100_000), " ; ", nil),
    ]

    @Test("are read off name and declared type", arguments: claims.indices)
    func readsClaims(_ index: Int) throws {
        let claim = Self.claims[index]
        #expect(try DocumentFormat.claimed(name: claim.name, declaredType: claim.type) == claim.format)
    }

    @Test("are refused when they contradict each other", arguments: [("a.pdf", "text/plain"), ("a.txt", "application/pdf")])
    func refusesContradictions(_ name: String, _ type: String) {
        let error = #expect(throws: DocumentTextError.self) { try DocumentFormat.claimed(name: name, declaredType: type) }
        #expect(error?.code == .mismatched)
    }

    @Test("are refused for types that are not read", arguments: ["image/png", "application/msword", "application/pdfx", "pdf"])
    func refusesOtherTypes(_ type: String) {
        let error = #expect(throws: DocumentTextError.self) { try DocumentFormat.claimed(name: "a.pdf", declaredType: type) }
        #expect(error?.code == .unsupported)
    }
}
