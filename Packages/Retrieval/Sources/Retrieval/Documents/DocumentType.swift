/// The types of documents that are taken (CONTRACTS §1.3).
public enum DocumentType: String, Sendable, Hashable, CaseIterable {
    /// PDF.
    case pdf = "application/pdf"
    /// A text document of Word.
    case docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    /// Plain text.
    case plainText = "text/plain"
    /// Markdown.
    case markdown = "text/markdown"

    /// Reads the value of a field `Content-Type`; parameters such as `charset` are passed over.
    ///
    /// - Returns: `nil` for any other type.
    public init?(contentType: String) {
        self.init(rawValue: Self.essence(of: contentType))
    }

    /// Type and subtype in small letters.
    private static func essence(of contentType: String) -> String {
        let end = contentType.utf8.firstIndex(of: UInt8(ascii: ";")) ?? contentType.endIndex
        var type = contentType[..<end].lowercased()[...]
        while let last = type.utf8.last, last == 0x20 || last == 0x09 { type.removeLast() }
        while let first = type.utf8.first, first == 0x20 || first == 0x09 { type.removeFirst() }
        return String(type)
    }

    /// Types that clients send for anything, as they know no better.
    private static let generic: Set<String> = ["", "application/octet-stream", "binary/octet-stream"]

    /// How many bytes of its beginning tell what a file is.
    static let tellingBytes = 1_024

    /// Whether a declared type says nothing, so that the content has to.
    static func isGeneric(contentType: String) -> Bool {
        Self.generic.contains(self.essence(of: contentType))
    }

    /// Tells the type of a file by how it begins; a Word document is a ZIP archive, and what is in that is seen later.
    ///
    /// - Parameter beginning: The first ``tellingBytes`` bytes, or all where there are fewer.
    /// - Returns: `nil` for what is none of them.
    init?(beginning: [UInt8]) {
        let mark = Array("%PDF-".utf8)
        if beginning.starts(with: mark) {
            self = .pdf
        } else if beginning.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = .docx
        } else if Self.isText(beginning) {
            self = .plainText
        } else if beginning.indices.contains(where: { beginning[$0...].starts(with: mark) }) {
            // Readers accept junk before a PDF.
            self = .pdf
        } else {
            return nil
        }
    }

    /// Whether bytes are UTF-8 without control characters; the last character may be cut off.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        // UTF-16 tells itself by its mark.
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) { return true }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) else { return false }
        return (0...3).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
    }
}
