/// A kind of document whose text can be read.
public enum DocumentFormat: String, Sendable, Hashable, CaseIterable {
    /// PDF, of any version that poppler reads (ISO 32000).
    case pdf
    /// A Word document of Office Open XML (ECMA-376, ISO/IEC 29500), transitional or strict.
    case docx
    /// Text in UTF-8, or in UTF-16 with a byte order mark.
    case plainText
    /// Such a text that is named or declared Markdown; it is not interpreted.
    case markdown

    /// What it is called in messages.
    var title: String {
        switch self {
        case .pdf: "PDF"
        case .docx: "a Word document (.docx)"
        case .plainText: "plain text"
        case .markdown: "Markdown"
        }
    }

    var isText: Bool { self == .plainText || self == .markdown }
}
