import CLibXML2

/// Reads the pieces of one part of a Word document, element by element, in memory that does not grow with the part.
///
/// No entity is replaced, no document type is accepted and nothing is fetched.
struct WordPart: ~Copyable {
    private struct Name: Hashable {
        let local: UnsafePointer<xmlChar>
        let namespace: UnsafePointer<xmlChar>?
    }

    /// Most names that are remembered; a document has some dozens.
    private static let rememberedNames = 1_000

    private let reader: xmlTextReaderPtr
    private let entry: ZipEntry
    private let depthLimit: Int
    private var elements: [WordElement] = []
    /// How many elements around the current place are left out.
    private var skippedElements = 0
    private var known: [Name: WordElement] = [:]

    static let typed = DocumentTextError(
        .broken, message: "A part of the Word document has a document type, which is not allowed")

    /// - Parameters:
    ///   - entry: The part, not read yet.
    ///   - depthLimit: Deepest nesting of elements.
    init(_ entry: ZipEntry, depthLimit: Int) throws(DocumentTextError) {
        let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue)
        let reader = xmlReaderForIO(
            { context, buffer, count in
                guard let context, let buffer, count > 0 else { return -1 }
                let entry = Unmanaged<ZipEntry>.fromOpaque(context).takeUnretainedValue()
                return Int32(entry.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))))
            }, nil, Unmanaged.passUnretained(entry).toOpaque(), nil, nil, options)
        guard let reader else {
            throw DocumentTextError(.unavailable, message: "The document cannot be read now", detail: "xmlReaderForIO")
        }
        self.reader = reader
        self.entry = entry
        self.depthLimit = depthLimit
    }

    deinit { xmlFreeTextReader(self.reader) }

    /// The next piece, or `nil` at the end of the part.
    ///
    /// - Throws: ``DocumentTextError``: `broken`, `tooLarge`.
    mutating func next() throws(DocumentTextError) -> WordPiece? {
        while true {
            let result = xmlTextReaderRead(self.reader)
            if let failure = self.entry.failure { throw failure }
            if result == 0 { return nil }
            guard result == 1 else {
                throw DocumentTextError(
                    .broken, message: "A part of the Word document is no well-formed XML", detail: self.complaint)
            }
            if let piece = try self.piece() { return piece }
        }
    }

    private mutating func piece() throws(DocumentTextError) -> WordPiece? {
        switch xmlTextReaderNodeType(self.reader) {
        case Int32(XML_READER_TYPE_ELEMENT.rawValue):
            let element = self.element
            let isEmpty = xmlTextReaderIsEmptyElement(self.reader) == 1
            let isSkipped = self.skippedElements > 0
            let parent = self.elements.last ?? .other
            if !isEmpty {
                guard self.elements.count < self.depthLimit else {
                    throw DocumentTextError(.broken, message: "A part of the Word document is nested too deeply")
                }
                self.elements.append(element)
                if isSkipped || element == .skipped { self.skippedElements += 1 }
            }
            if isSkipped { return nil }
            return self.beginning(of: element, in: parent) ?? (isEmpty ? self.end(of: element) : nil)
        case Int32(XML_READER_TYPE_END_ELEMENT.rawValue):
            guard let element = self.elements.popLast() else { return nil }
            guard self.skippedElements == 0 else {
                self.skippedElements -= 1
                return nil
            }
            return self.end(of: element)
        case Int32(XML_READER_TYPE_TEXT.rawValue), Int32(XML_READER_TYPE_CDATA.rawValue),
            Int32(XML_READER_TYPE_WHITESPACE.rawValue), Int32(XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue):
            guard self.skippedElements == 0, self.elements.last == .text, let value = xmlTextReaderConstValue(self.reader) else {
                return nil
            }
            return .text(Array(UnsafeBufferPointer(start: value, count: Int(max(0, xmlStrlen(value))))))
        case Int32(XML_READER_TYPE_DOCUMENT_TYPE.rawValue):
            throw Self.typed
        case Int32(XML_READER_TYPE_ENTITY_REFERENCE.rawValue):
            throw DocumentTextError(.broken, message: "A part of the Word document has an entity, which is not allowed")
        default:
            return nil
        }
    }

    private func beginning(of element: WordElement, in parent: WordElement) -> WordPiece? {
        switch element {
        // A definition of tab stops has elements of the same name.
        case .tab where parent == .run: .tab
        case .carriageReturn: .lineBreak
        case .noBreakHyphen: .text(Array("\u{2011}".utf8))
        case .notedPageBreak: .pageBreak(isNoted: true)
        case .lineBreak: self.isPageBreak ? .pageBreak(isNoted: false) : .lineBreak
        default: nil
        }
    }

    private func end(of element: WordElement) -> WordPiece? {
        switch element {
        case .paragraph: .paragraphEnd
        case .cell: .cellEnd
        case .row: .rowEnd
        default: nil
        }
    }

    private var isPageBreak: Bool {
        var isPage = false
        while xmlTextReaderMoveToNextAttribute(self.reader) == 1 {
            guard let name = xmlTextReaderConstLocalName(self.reader), let value = xmlTextReaderConstValue(self.reader) else {
                continue
            }
            if xmlStrEqual(name, "type") == 1, xmlStrEqual(value, "page") == 1 { isPage = true }
        }
        _ = xmlTextReaderMoveToElement(self.reader)
        return isPage
    }

    /// The element at which the reader stands. Names are the same strings all over a document, so they are looked at once.
    private var element: WordElement {
        mutating get {
            guard let local = xmlTextReaderConstLocalName(self.reader) else { return .other }
            let name = Name(local: local, namespace: xmlTextReaderConstNamespaceUri(self.reader))
            if let element = self.known[name] { return element }
            let element = WordElement(
                name: String(cString: local), namespace: name.namespace.map { String(cString: $0) } ?? "")
            if self.known.count < Self.rememberedNames { self.known[name] = element }
            return element
        }
    }

    private var complaint: String {
        guard let error = xmlGetLastError(), let message = error.pointee.message else { return "" }
        return "libxml2: \(String(cString: message).prefix(500))"
    }
}
