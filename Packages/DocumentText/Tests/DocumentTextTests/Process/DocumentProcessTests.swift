import DocumentText
import TestKit
import Testing

@Suite("Documents", .timeLimit(.minutes(5)))
struct DocumentProcessTests {
    static let documents: [(file: String, name: String?, format: DocumentFormat, pages: [String])] = [
        ("three.pdf", "three.pdf", .pdf, ["First page\n\n", "Café on page two\n\n", "Third page\n\n"]),
        ("three.pdf", nil, .pdf, ["First page\n\n", "Café on page two\n\n", "Third page\n\n"]),
        ("blank.pdf", "a.pdf", .pdf, ["", ""]),
        ("prefixed.pdf", "a.pdf", .pdf, ["Behind junk\n\n"]), ("prefixed.pdf", nil, .pdf, ["Behind junk\n\n"]),
        // Needs no password to be opened.
        ("uncopyable.pdf", "a.pdf", .pdf, ["Not to be copied\n\n"]),
        (
            "everything.docx", "a.docx", .docx,
            [
                "House rules\nÜber die Wache\n\none\ttwo\nthree\u{2011}four & five\na\t\tc\nd\ne\nbox\nA note"
            ]
        ),
        ("strict.docx", nil, .docx, ["strict"]),
        ("paged.docx", "a.docx", .docx, ["first", "second\nstill second\nhalf", "and half\n\ncolumn", ""]),
        ("nested.docx", "a.docx", .docx, ["harmless"]),
        ("notes.txt", "notes.txt", .plainText, ["one\ntwo", "page two \ncafé\n"]), ("marked.txt", nil, .plainText, ["marked"]),
        ("notes.md", "notes.md", .markdown, ["# Title\n\nThe file begins with %PDF- in this text.\n"]),
        ("notes.md", nil, .plainText, ["# Title\n\nThe file begins with %PDF- in this text.\n"]),
        ("little.txt", "a.txt", .plainText, ["Grüße 😀"]), ("big.txt", "a.md", .markdown, ["Grüße 😀"]),
        ("blank.txt", "a.txt", .plainText, [" \n"]),
    ]

    @Test("of each format give their pages", arguments: documents.indices)
    func reads(_ index: Int) async throws {
        let row = Self.documents[index]
        let document = try await Documents.extract(row.file, name: row.name)
        #expect(document.format == row.format)
        #expect(document.pages.map(\.text) == row.pages)
        #expect(document.pages.map(\.number) == Array(1...row.pages.count))
    }

    @Test("of ten thousand paragraphs are read whole")
    func readsLongOnes() async throws {
        let document = try await Documents.extract("long.docx", name: "long.docx")
        let lines = document.pages[0].text.split(separator: "\n")
        #expect(lines.count == 10_000)
        #expect(lines.last == "Paragraph 9999")
    }

    static let refused: [(file: String, name: String?, code: DocumentTextError.Code)] = [
        ("encrypted.pdf", "a.pdf", .encrypted), ("broken.pdf", "a.pdf", .broken), ("headless.pdf", "a.pdf", .broken),
        ("cut.pdf", nil, .broken), ("three.pdf", "a.docx", .mismatched), ("three.pdf", "a.txt", .mismatched),
        ("prefixed.pdf", "a.txt", .mismatched), ("everything.docx", "a.pdf", .mismatched),
        ("everything.docx", "a.md", .mismatched),
        ("bomb.docx", "a.docx", .tooLarge), ("matryoshka.docx", "a.docx", .broken),
        ("crowded.docx", "a.docx", .tooLarge), ("locked.docx", "a.docx", .encrypted), ("password.docx", "a.docx", .encrypted),
        ("password.docx", nil, .encrypted), ("old.doc", "a.docx", .mismatched), ("old.doc", nil, .unsupported),
        ("old.doc", "a.txt", .mismatched), ("repeated.docx", "a.docx", .broken), ("damaged.docx", "a.docx", .broken),
        ("cut.docx", "a.docx", .broken), ("open.docx", "a.docx", .broken), ("empty.docx", "a.docx", .broken),
        ("deep.docx", "a.docx", .broken), ("laughs.docx", "a.docx", .broken), ("external.docx", "a.docx", .broken),
        ("remote.docx", "a.docx", .broken), ("wide.docx", "a.docx", .broken), ("undeclared.docx", "a.docx", .broken),
        ("sheet.xlsx", "a.docx", .mismatched), ("sheet.xlsx", "a.xlsx", .unsupported), ("sheet.xlsx", "a.pdf", .mismatched),
        ("empty.zip", "a.docx", .mismatched), ("notes.txt", "a.pdf", .mismatched), ("notes.txt", "a.docx", .mismatched),
        ("notes.md", "a.pdf", .broken), ("odd.txt", "a.txt", .mismatched), ("halved.txt", "a.txt", .mismatched),
        ("latin.txt", "a.txt", .mismatched), ("latin.txt", nil, .unsupported), ("binary.txt", "a.txt", .mismatched),
        ("binary.txt", nil, .unsupported), ("binary.txt", "a.pdf", .mismatched), ("large.txt", "a.txt", .tooLarge),
        ("largebinary.bin", "a.txt", .mismatched), ("largebinary.bin", nil, .unsupported), ("nothing.txt", "a.txt", .broken),
        ("nothing.txt", "a.pdf", .broken),
    ]

    @Test("that are hostile, damaged or something else fail with the reason", arguments: refused.indices)
    func refuses(_ index: Int) async throws {
        let row = Self.refused[index]
        let error = try await Documents.failure(of: row.file, name: row.name)
        #expect(error.code == row.code, "\(row.file): \(error.debugDescription)")
        #expect(!error.message.isEmpty)
    }

    @Test("whose archive lies about its sizes never unpack to more than it says or is allowed")
    func distrustsSizes() async throws {
        let error = try await Documents.failure(of: "liar.docx", name: "a.docx")
        #expect([.broken, .tooLarge].contains(error.code), "\(error.debugDescription)")
    }

    @Test(
        "over the limit of pages, of bytes or of entries are too large",
        arguments: ["many.pdf", "manypages.docx", "wordy.pdf", "wordy.docx", "crowded.docx"])
    func isBounded(_ file: String) async throws {
        let error = try await Documents.failure(of: file, name: file, by: try Documents.process(["extract-small"]))
        #expect(error.code == .tooLarge, "\(error.debugDescription)")
    }

    @Test("are refused by their size before anything is started")
    func isBoundedBySize() async throws {
        let process = try Documents.process(["die"]) { $0.limits.documentBytes = 100 }
        #expect(try await Documents.failure(of: "three.pdf", name: nil, by: process).code == .tooLarge)
    }

    @Test("of text need no pdftotext, PDF says that it is missing")
    func needsReader() async throws {
        let process = try Documents.process { $0.searchPath = "/nonexistent:relative" }
        #expect(try await Documents.extract("marked.txt", name: nil, by: process).pages.count == 1)
        #expect(try await Documents.failure(of: "three.pdf", name: nil, by: process).code == .unavailable)
    }

    @Test("that are no regular files cannot be opened", arguments: ["/dev/zero", "/", "/nonexistent", "/dev/\0null", ""])
    func refusesOtherFiles(_ path: String) async throws {
        let process = try Documents.process()
        let error = await #expect(throws: DocumentTextError.self) {
            try await process.extract(path: path, name: nil, declaredType: nil)
        }
        #expect(error?.code == .unavailable)
    }

    @Test("are read beside each other, each for itself")
    func readsConcurrently() async throws {
        let process = try Documents.process { $0.concurrency = 3 }
        try await Documents.with("three.pdf", "everything.docx", "broken.pdf") { folder in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let file = ["three.pdf", "everything.docx", "broken.pdf"][number % 3]
                        do {
                            let document = try await process.extract(path: "\(folder)/\(file)", name: file, declaredType: nil)
                            #expect(document.pages.count == [3, 1, 0][number % 3])
                        } catch let error as DocumentTextError {
                            #expect(number % 3 == 2 && error.code == .broken, "\(error.debugDescription)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
