/// A piece of a part of a Word document.
enum WordPiece: Equatable {
    case text([UInt8])
    case tab
    case lineBreak
    /// - isNoted: Whether Word noted where a page began, instead of its author asking for one.
    case pageBreak(isNoted: Bool)
    case paragraphEnd
    case cellEnd
    case rowEnd
}

/// Puts pieces together to pages: a line per paragraph, and a line per row of a table, with a tab between its cells.
struct WordText {
    private enum Pending {
        case nothing
        case tab
        case lineBreak
    }

    private let limit: Int
    private var bytes: [UInt8] = []
    private var totalBytes = 0
    /// What stands between what was and what comes, if something comes.
    private var pending = Pending.nothing
    /// Whether nothing has been written since the author asked for a page: Word notes that page as well.
    private var isAtAskedPage = false
    private var pages: [String] = []

    /// - Parameter limit: Most bytes of all pages.
    init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next piece.
    ///
    /// - Throws: ``DocumentTextError`` with code `tooLarge`.
    mutating func add(_ piece: WordPiece) throws(DocumentTextError) {
        switch piece {
        case .text(let text):
            try self.append(text)
        case .tab:
            try self.append([UInt8(ascii: "\t")])
        case .lineBreak:
            try self.append([UInt8(ascii: "\n")])
        case .paragraphEnd:
            try self.flush()
            self.pending = .lineBreak
        case .cellEnd:
            if self.pending == .tab { try self.flush() }
            self.pending = .tab
        case .rowEnd:
            self.pending = .lineBreak
        case .pageBreak(let isNoted):
            defer { self.isAtAskedPage = !isNoted }
            if isNoted, self.isAtAskedPage { return }
            self.pending = .nothing
            self.pages.append(self.finish())
        }
    }

    /// Takes text as a block of lines of its own.
    mutating func addBlock(_ text: String) throws(DocumentTextError) {
        try self.append(Array(text.utf8))
        self.endBlock()
    }

    /// Has what comes begin with a line of its own.
    mutating func endBlock() {
        self.pending = .lineBreak
    }

    /// The pages that are complete, once.
    mutating func takePages() -> [String] {
        defer { self.pages = [] }
        return self.pages
    }

    /// What stands on the last page.
    mutating func finish() -> String {
        defer { self.bytes = [] }
        return String(decoding: self.bytes, as: UTF8.self)
    }

    private mutating func append(_ more: [UInt8]) throws(DocumentTextError) {
        try self.flush()
        guard more.count <= self.limit - self.totalBytes else {
            throw DocumentTextError(.tooLarge, message: "The text of the document should have at most \(self.limit) bytes")
        }
        self.totalBytes += more.count
        self.bytes += more
        self.isAtAskedPage = false
    }

    private mutating func flush() throws(DocumentTextError) {
        let separator: UInt8
        switch self.pending {
        case .nothing: return
        // The mark of a paragraph that was nothing but a break for a page is no line of that page.
        case .lineBreak where self.bytes.isEmpty:
            self.pending = .nothing
            return
        case .tab: separator = UInt8(ascii: "\t")
        case .lineBreak: separator = UInt8(ascii: "\n")
        }
        self.pending = .nothing
        guard self.totalBytes < self.limit else {
            throw DocumentTextError(.tooLarge, message: "The text of the document should have at most \(self.limit) bytes")
        }
        self.totalBytes += 1
        self.bytes.append(separator)
    }
}
