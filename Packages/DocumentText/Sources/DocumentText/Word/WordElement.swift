/// An element of WordprocessingML, as far as it matters for the text.
enum WordElement {
    case paragraph, run, text, tab, lineBreak, carriageReturn, noBreakHyphen, notedPageBreak, cell, row
    /// What is inside is no text of the document: it is deleted, was moved elsewhere, or repeats what stands beside it.
    case skipped
    case other

    /// The namespaces of the transitional and of the strict form (ECMA-376-1, ECMA-376-4).
    private static let namespaces = [
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main",
    ]
    /// Markup compatibility (ECMA-376-3).
    private static let compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"

    init(name: String, namespace: String) {
        if namespace == Self.compatibility {
            self = name == "Fallback" ? .skipped : .other
            return
        }
        guard Self.namespaces.contains(namespace) else {
            self = .other
            return
        }
        switch name {
        case "p": self = .paragraph
        case "r": self = .run
        case "t": self = .text
        case "tab", "ptab": self = .tab
        case "br": self = .lineBreak
        case "cr": self = .carriageReturn
        case "noBreakHyphen": self = .noBreakHyphen
        case "lastRenderedPageBreak": self = .notedPageBreak
        case "tc": self = .cell
        case "tr": self = .row
        case "del", "moveFrom": self = .skipped
        default: self = .other
        }
    }
}
