/// Takes the pages of a document as they are found, and hands them on in their final form, within the limits.
struct PageWriter {
    private let limits: ExtractionLimits
    private let write: (ResultFrame) throws(DocumentTextError) -> Void
    private var pages = 0
    private var bytes = 0

    /// - Parameter write: Takes the results in their order.
    init(limits: ExtractionLimits, write: @escaping (ResultFrame) throws(DocumentTextError) -> Void) {
        self.limits = limits
        self.write = write
    }

    mutating func begin(_ format: DocumentFormat) throws(DocumentTextError) {
        try self.write(.format(format))
    }

    mutating func add(_ page: some Collection<UInt8>) throws(DocumentTextError) {
        guard self.pages < self.limits.pages else {
            throw DocumentTextError(.tooLarge, message: "The document should have at most \(self.limits.pages) pages")
        }
        let text = PageText.normalised(page)
        guard text.utf8.count <= self.limits.textBytes - self.bytes else {
            throw DocumentTextError(
                .tooLarge, message: "The text of the document should have at most \(self.limits.textBytes) bytes")
        }
        self.pages += 1
        self.bytes += text.utf8.count
        try self.write(.page(text))
    }

    /// Adds text whose pages are parted by form feeds; one behind the last page makes no further page.
    mutating func add(partedByFormFeeds text: [UInt8]) throws(DocumentTextError) {
        var rest = text[...]
        if rest.last == 0x0C { rest.removeLast() }
        for page in rest.split(separator: 0x0C, maxSplits: self.limits.pages, omittingEmptySubsequences: false) {
            try self.add(page)
        }
    }

    mutating func end() throws(DocumentTextError) {
        guard self.pages > 0 else { throw DocumentTextError(.broken, message: "The document has no pages") }
        try self.write(.end(pages: self.pages))
    }
}
