extension DocumentFormat {
    /// The format that name and declared type speak of, before anything is read.
    ///
    /// The end of a name that is not known claims nothing, nor do `application/octet-stream` and the types of archives, which clients
    /// send for anything. Among texts the name decides: `notes.md` is Markdown also when it is declared `text/plain`.
    ///
    /// - Parameters:
    ///   - name: What the client calls the file; only its end is looked at.
    ///   - declaredType: The media type that the client claims, with or without parameters.
    /// - Returns: The format, or `nil` when nothing is claimed.
    /// - Throws: ``DocumentTextError``: `mismatched` when the two contradict each other, `unsupported` for another declared type.
    public static func claimed(name: String?, declaredType: String?) throws(DocumentTextError) -> DocumentFormat? {
        let named = name.flatMap { Self.named($0) }
        guard let declaredType, let declared = try Self.declared(declaredType) else { return named }
        guard let named else { return declared }
        guard named == declared || named.isText && declared.isText else {
            throw DocumentTextError(
                .mismatched, message: "The document is named as \(named.title), but declared as \(declared.title)")
        }
        return named
    }

    private static func named(_ name: String) -> DocumentFormat? {
        let file = name.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.last
        guard let file, let dot = file.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        switch Self.lowered(file[file.index(after: dot)...]) {
        case "pdf": return .pdf
        case "docx": return .docx
        case "txt", "text": return .plainText
        case "md", "markdown": return .markdown
        default: return nil
        }
    }

    private static func declared(_ type: String) throws(DocumentTextError) -> DocumentFormat? {
        let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        let essence = type.utf8.prefix { $0 != UInt8(ascii: ";") }.drop { blanks.contains($0) }.prefix { !blanks.contains($0) }
        switch Self.lowered(essence) {
        case "application/pdf", "application/x-pdf": return .pdf
        case "application/vnd.openxmlformats-officedocument.wordprocessingml.document": return .docx
        case "text/markdown", "text/x-markdown": return .markdown
        case let text where text.utf8.starts(with: "text/".utf8): return .plainText
        case "", "application/octet-stream", "binary/octet-stream", "application/zip", "application/x-zip-compressed": return nil
        default:
            throw DocumentTextError(
                .unsupported, message: "The declared type of the document should be that of PDF, Word (.docx), text or Markdown")
        }
    }

    private static func lowered(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.prefix(100).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
