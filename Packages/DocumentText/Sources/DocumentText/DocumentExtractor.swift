/// Reads a document within the process that calls it, which should have nothing to lose: ``ExtractionChild`` is its only user.
struct DocumentExtractor {
    let limits: ExtractionLimits
    /// Where `pdftotext` is looked for: folders, parted by colons.
    let searchPath: String

    /// Writes format, pages and end.
    ///
    /// - Parameters:
    ///   - file: The document.
    ///   - claim: What it is said to be.
    ///   - confine: Called when no further process will be started, and before anything of the content but its beginning is parsed.
    ///   - write: Takes the results in their order.
    /// - Throws: ``DocumentTextError``; what was written before does not count then.
    func extract(
        from file: DocumentFile, claim: DocumentFormat?, confine: @escaping () throws(DocumentTextError) -> Void,
        write: @escaping (ResultFrame) throws(DocumentTextError) -> Void
    ) throws(DocumentTextError) {
        var writer = PageWriter(limits: self.limits, write: write)
        let head = try file.prefix(4)
        // Archives are parsed here, PDF is not.
        if head.starts(with: "PK".utf8) { try confine() }
        switch try DocumentContent.find(in: file, claim: claim, limits: self.limits) {
        case .pdf:
            try writer.begin(.pdf)
            try PDFText(limits: self.limits, searchPath: self.searchPath).read(into: &writer, confine: confine)
        case .docx(let archive):
            try writer.begin(.docx)
            try WordDocument(archive: archive, limits: self.limits).read(into: &writer)
        case .text(let text):
            try writer.begin(claim ?? .plainText)
            try writer.add(partedByFormFeeds: Array(text.utf8))
        }
        try writer.end()
    }
}
