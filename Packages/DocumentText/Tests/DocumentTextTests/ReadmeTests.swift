import DocumentText
import Testing

@Suite("README of DocumentText")
struct ReadmeTests {
    @Test("has an example that works")
    func exampleWorks() async throws {
        try await Documents.with("three.pdf") { folder in
            let configuration = DocumentProcessConfiguration(executable: Documents.child)
            let path = "\(folder)/three.pdf"

            let process = try DocumentProcess(configuration: configuration)
            let document = try await process.extract(path: path, name: "three.pdf", declaredType: "application/pdf")
            for page in document.pages { print(page.number, page.text.utf8.count) }

            #expect(document.format == .pdf)
            #expect(document.pages.count == 3)
        }
    }
}
