/// A message from the child to its parent: a letter, the length of what follows as four bytes (big endian), and that.
///
/// ```
/// F 00000003 pdf          the format, first
/// P 00000005 Hello        a page, in their order, UTF-8
/// Z 00000001 1            the end: how many pages there are
/// E 00000017 broken⏎The PDF is damaged⏎…    instead of all that may follow: code, message and detail, parted by line feeds
/// ```
package enum ResultFrame: Equatable {
    case format(DocumentFormat)
    case page(String)
    case end(pages: Int)
    case failure(DocumentTextError)

    static let headBytes = 5

    /// The bytes of the message.
    package var encoded: [UInt8] {
        let (letter, content): (Unicode.Scalar, String) =
            switch self {
            case .format(let format): ("F", format.rawValue)
            case .page(let text): ("P", text)
            case .end(let pages): ("Z", "\(pages)")
            case .failure(let error): ("E", "\(error.code)\n\(error.message)\n\(error.detail)")
            }
        let length = UInt32(clamping: content.utf8.count).bigEndian
        return [UInt8(ascii: letter)] + withUnsafeBytes(of: length) { Array($0) } + content.utf8
    }
}

/// Reads the frames of a child and trusts none of them: it is the child that had to do with the document.
struct ResultFrameParser {
    /// Why bytes are no proper answer.
    struct Fault: Error, Equatable {
        let reason: String
    }

    private static let failureBytes = 65_536

    private let limits: ExtractionLimits
    private var bytes: [UInt8] = []
    private var position = 0
    private var format: DocumentFormat?
    private var pages: [DocumentPage] = []
    private var textBytes = 0
    /// The document, or what the child says instead; `nil` while there is more to come.
    private(set) var result: Result<ExtractedDocument, DocumentTextError>?

    init(limits: ExtractionLimits) {
        self.limits = limits
    }

    /// Takes what the child wrote next.
    ///
    /// - Throws: ``Fault`` when it breaks the form, the order or a limit.
    mutating func append(_ more: some Collection<UInt8>) throws(Fault) {
        self.bytes.removeFirst(self.position)
        self.position = 0
        self.bytes += more
        while self.bytes.count - self.position >= ResultFrame.headBytes {
            guard self.result == nil else { throw Fault(reason: "there is something behind the end") }
            let letter = self.bytes[self.position]
            let length = self.bytes[self.position + 1..<self.position + ResultFrame.headBytes].reduce(0) { $0 << 8 | Int($1) }
            guard length <= self.mostBytes(of: letter) else { throw Fault(reason: "a frame is too long") }
            let start = self.position + ResultFrame.headBytes
            guard self.bytes.count - start >= length else { return }
            guard let content = String(validating: self.bytes[start..<start + length], as: UTF8.self) else {
                throw Fault(reason: "a frame is no UTF-8")
            }
            self.position = start + length
            try self.take(letter, content)
        }
        if self.result != nil, self.position < self.bytes.count { throw Fault(reason: "there is something behind the end") }
    }

    private func mostBytes(of letter: UInt8) -> Int {
        switch letter {
        case UInt8(ascii: "P"): self.limits.textBytes - self.textBytes
        case UInt8(ascii: "E"): Self.failureBytes
        default: 20
        }
    }

    private mutating func take(_ letter: UInt8, _ content: String) throws(Fault) {
        switch letter {
        case UInt8(ascii: "F"):
            guard self.format == nil, let format = DocumentFormat(rawValue: content) else {
                throw Fault(reason: "no such format")
            }
            self.format = format
        case UInt8(ascii: "P"):
            guard self.format != nil, self.pages.count < self.limits.pages, PageText.isClean(content) else {
                throw Fault(reason: "no such page")
            }
            self.textBytes += content.utf8.count
            self.pages.append(DocumentPage(number: self.pages.count + 1, text: content))
        case UInt8(ascii: "Z"):
            guard let format = self.format, !self.pages.isEmpty, content.utf8.elementsEqual("\(self.pages.count)".utf8) else {
                throw Fault(reason: "the end does not fit")
            }
            self.result = .success(ExtractedDocument(format: format, pages: self.pages))
        case UInt8(ascii: "E"):
            let parts = content.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let code = DocumentTextError.Code.Value(rawValue: parts[0]) else {
                throw Fault(reason: "no such failure")
            }
            self.result = .failure(DocumentTextError(.init(value: code), message: parts[1], detail: parts[2]))
        default:
            throw Fault(reason: "no such frame")
        }
    }
}
