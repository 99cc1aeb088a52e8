/// The text of a Word document: page headers, the body, then footnotes and endnotes.
///
/// Pages are those that Word noted when it last laid the document out, and those that its author asked for.
struct WordDocument {
    let archive: ZipArchive
    let limits: ExtractionLimits

    func read(into writer: inout PageWriter) throws(DocumentTextError) {
        var text = WordText(limit: self.limits.textBytes)
        var headers: Set<String> = []
        for name in self.headerNames {
            var header = WordText(limit: self.limits.textBytes)
            try self.read(name, into: &header) { (_) throws(DocumentTextError) in }
            // Most sections repeat the header of the one before.
            let words = header.finish()
            if !words.isEmpty, headers.insert(words).inserted { try text.addBlock(words) }
        }
        try self.read("word/document.xml", into: &text) { (page) throws(DocumentTextError) in try writer.add(page.utf8) }
        for name in ["word/footnotes.xml", "word/endnotes.xml"] where self.archive.contains(name) {
            try self.read(name, into: &text) { (_) throws(DocumentTextError) in }
        }
        for page in text.takePages() { try writer.add(page.utf8) }
        try writer.add(text.finish().utf8)
    }

    /// `word/header1.xml` and its like, by number.
    private var headerNames: [String] {
        let numbers: [(Int, String)] = self.archive.names.compactMap { name in
            guard name.hasPrefix("word/header"), name.hasSuffix(".xml"), name.utf8.count < 40 else { return nil }
            return Int(name.dropFirst("word/header".count).dropLast(".xml".count)).map { ($0, name) }
        }
        return numbers.sorted { $0 < $1 }.map(\.1)
    }

    private func read(
        _ name: String, into text: inout WordText, page: (String) throws(DocumentTextError) -> Void
    ) throws(DocumentTextError) {
        var part = try WordPart(try self.archive.open(name), depthLimit: self.limits.xmlDepth)
        while let piece = try part.next() {
            try text.add(piece)
            if case .pageBreak = piece {
                for finished in text.takePages() { try page(finished) }
            }
        }
        text.endBlock()
    }
}
