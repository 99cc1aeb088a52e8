import DocumentText
import Retrieval

/// Takes texts out of documents in processes that can do no harm: `api-server extract`.
struct ConfinedExtraction: TextExtraction {
    private let process: DocumentProcess

    init(concurrency: Int, documentBytes: Int) throws(DocumentTextError) {
        var configuration = DocumentProcessConfiguration()
        configuration.concurrency = concurrency
        configuration.limits.documentBytes = documentBytes
        self.process = try DocumentProcess(configuration: configuration)
    }

    func pages(of path: String, name: String, type: DocumentType) async throws -> [ExtractedPage] {
        do {
            // What the file is called tells Markdown from other text, and nothing else.
            let isText = type == .plainText || type == .markdown
            let document = try await self.process.extract(
                path: path, name: isText ? name : nil, declaredType: type.rawValue)
            let isPaged = document.format == .pdf || document.format == .docx || document.pages.count > 1
            return document.pages.map { ExtractedPage(number: isPaged ? $0.number : nil, text: $0.text) }
        } catch let error as DocumentTextError where error.code != .unavailable {
            throw ExtractionFailure(error.message)
        }
    }
}
