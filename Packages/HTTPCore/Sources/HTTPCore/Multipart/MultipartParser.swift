/// Takes a `multipart/form-data` body apart (RFC 7578, RFC 2046 §5.1) as its bytes come, in constant memory.
///
/// Knows no socket: bytes are appended, and events taken until there are none. It keeps what was appended last and has made no event
/// yet, beside at most one head. Preamble and epilogue are passed over. Lines end with CR LF and nothing else.
struct MultipartParser {
    enum Event: Equatable {
        /// A part begins.
        case part(MultipartHead)
        /// Bytes of its content, one or more.
        case data([UInt8])
        /// The content is complete.
        case partEnd
    }

    /// Most parts of a body.
    static let maximumParts = 100
    /// Most bytes of a part's head.
    static let maximumHeadBytes = 8_192
    /// Most header fields of a part.
    static let maximumFields = 20
    /// Most blanks that may stand between a boundary and the end of its line.
    static let maximumPadding = 64

    private enum State {
        case preamble
        case afterBoundary
        case head
        case contentStart
        case content
        case epilogue
    }

    private let search: DelimiterSearch
    private var state = State.preamble
    /// Begins as if a line had ended before the body, since its first boundary needs no line before it.
    private var bytes = Array("\r\n".utf8)
    private var position = 0
    private var droppedBytes = 0
    private var parts = 0
    private var headBytes = 0
    /// Where the search for the end of a line goes on.
    private var searched = 0
    private var fields: [(name: String, value: [UInt8])] = []

    init(boundary: MultipartBoundary) {
        self.search = DelimiterSearch(boundary: boundary.bytes)
    }

    /// The number of bytes that are kept.
    var keptBytes: Int { self.bytes.count - self.position }

    /// Takes more bytes of the body.
    mutating func append(_ more: some Collection<UInt8>) {
        self.bytes.removeFirst(self.position)
        self.droppedBytes += self.position
        self.searched = max(0, self.searched - self.position)
        self.position = 0
        self.bytes.append(contentsOf: more)
    }

    /// The next event, or `nil` when more bytes are needed.
    ///
    /// - Throws: ``MultipartError``; the parser must not be used after that.
    mutating func next() throws(MultipartError) -> Event? {
        do throws(MultipartError) {
            while true {
                switch self.state {
                case .preamble:
                    guard self.passPreamble() else { return nil }
                case .afterBoundary:
                    guard try self.passBoundaryLine() else { return nil }
                case .head:
                    guard let line = try self.line() else { return nil }
                    if let head = try self.head(with: line) { return .part(head) }
                case .contentStart:
                    switch self.startContent() {
                    case .unknown: return nil
                    case .some: self.state = .content
                    case .none: return .partEnd
                    }
                case .content:
                    return self.content()
                case .epilogue:
                    self.position = self.bytes.count
                    return nil
                }
            }
        } catch {
            throw MultipartError(error.rule, offset: error.offset ?? self.offset)
        }
    }

    /// The body ended.
    ///
    /// - Throws: ``MultipartError`` when its closing boundary is missing.
    func finish() throws(MultipartError) {
        switch self.state {
        case .epilogue: break
        case .preamble:
            throw MultipartError(
                "The body should have the boundary of its Content-Type, behind -- and at the start of a line", offset: self.offset
            )
        default:
            throw MultipartError("The body should end with its boundary and --", offset: self.offset)
        }
    }

    private var offset: Int { max(0, self.droppedBytes + self.position - 2) }

    private mutating func passPreamble() -> Bool {
        switch self.search(self.bytes, from: self.position) {
        case .found(let start):
            self.position = start + self.search.delimiter.count
            self.state = .afterBoundary
            return true
        case .absent(let safeEnd):
            self.position = safeEnd
            return false
        }
    }

    /// Passes what follows a boundary: `--`, or blanks and the end of the line.
    ///
    /// - Returns: Whether it is all there.
    private mutating func passBoundaryLine() throws(MultipartError) -> Bool {
        let rest = self.bytes[self.position...]
        if rest.starts(with: "--".utf8) {
            self.state = .epilogue
            return true
        }
        let padding = rest.prefix { $0.isBlank }.count
        let ending = rest.dropFirst(padding).prefix(2)
        guard padding <= Self.maximumPadding, "\r\n".utf8.starts(with: ending) || (padding == 0 && ending.elementsEqual("-".utf8))
        else { throw MultipartError("A boundary should be followed by -- or by the end of its line, CR LF") }
        guard ending.count == 2 else { return false }
        guard self.parts < Self.maximumParts else {
            throw MultipartError("The body should have at most \(Self.maximumParts) parts")
        }
        self.parts += 1
        self.position += padding + 2
        self.searched = self.position
        self.headBytes = 0
        self.fields = []
        self.state = .head
        return true
    }

    /// The next line of a head without its end, or `nil` when it is not all there.
    private mutating func line() throws(MultipartError) -> ArraySlice<UInt8>? {
        let end = self.bytes[self.searched...].firstIndex(of: UInt8(ascii: "\n"))
        self.searched = end.map { $0 + 1 } ?? self.bytes.count
        guard self.headBytes + self.searched - self.position <= Self.maximumHeadBytes else {
            throw MultipartError("The head of a part should have at most \(Self.maximumHeadBytes) bytes")
        }
        guard let end else { return nil }
        guard end > self.position, self.bytes[end - 1] == UInt8(ascii: "\r") else {
            throw MultipartError("Lines in the head of a part should end with CR LF")
        }
        return self.bytes[self.position..<end - 1]
    }

    /// Takes a line of a head.
    ///
    /// - Returns: The head, when this line, an empty one, is its last.
    private mutating func head(with line: ArraySlice<UInt8>) throws(MultipartError) -> MultipartHead? {
        if line.isEmpty {
            // The end of this line stays: a boundary right behind it makes it its own.
            self.state = .contentStart
            return try MultipartHead(self.fields)
        }
        guard self.fields.count < Self.maximumFields else {
            throw MultipartError("The head of a part should have at most \(Self.maximumFields) fields")
        }
        let name = line.prefix { $0.isTokenByte }
        let rest = line[name.endIndex...]
        guard !name.isEmpty, rest.first == UInt8(ascii: ":") else {
            throw MultipartError("A line in the head of a part should be a name, a colon and a value")
        }
        guard rest.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
            throw MultipartError("The head of a part should have no control characters")
        }
        let value = rest.dropFirst().drop { $0.isBlank }
        let last = value.lastIndex { !$0.isBlank }
        self.fields.append((String(decoding: name, as: UTF8.self).lowercased(), last.map { Array(value[...$0]) } ?? []))
        self.headBytes += self.searched - self.position
        self.position = self.searched
        return nil
    }

    private enum ContentStart {
        case unknown
        case some
        case none
    }

    private mutating func startContent() -> ContentStart {
        let matches = self.search.matches(self.bytes, at: self.position)
        if matches == self.search.delimiter.count {
            self.position += matches
            self.state = .afterBoundary
            return .none
        }
        if self.position + matches == self.bytes.count { return .unknown }
        self.position += 2
        return .some
    }

    private mutating func content() -> Event? {
        switch self.search(self.bytes, from: self.position) {
        case .found(let start) where start == self.position:
            self.position += self.search.delimiter.count
            self.state = .afterBoundary
            return .partEnd
        case .found(let start):
            defer { self.position = start }
            return .data(Array(self.bytes[self.position..<start]))
        case .absent(let safeEnd):
            guard safeEnd > self.position else { return nil }
            defer { self.position = safeEnd }
            return .data(Array(self.bytes[self.position..<safeEnd]))
        }
    }
}
