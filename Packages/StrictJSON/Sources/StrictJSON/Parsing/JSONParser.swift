/// The parser of RFC 8259, made stricter: see ``JSONError/Code`` for all that it refuses.
///
/// It keeps a list of the open arrays and objects instead of calling itself, and what is finished of them on stacks, from which
/// each takes its share when it closes; so a container costs one allocation of the right size.
struct JSONParser: ~Copyable {
    private struct Container {
        let isObject: Bool
        /// Where the contents begin, on the stack of members or of elements.
        let first: Int
        /// Where the entry of the container stands in the table of spans.
        let spanEntry: Int
    }

    private let maximumDepth: Int
    private let numbers: NumberScanner
    private var strings: StringScanner
    private var position = 0
    private var containers: [Container] = []
    private var elements = MoveStack<JSONValue>(minimumCapacity: 64)
    private var members = MemberStack()

    /// Where everything stood, in the order of the text; `nil` if that was not asked for.
    private(set) var spans: SpanTable?

    init(options: JSONParsingOptions, recordsSpans: Bool) {
        self.maximumDepth = min(max(options.maximumDepth, 0), JSONParsingOptions.greatestDepth)
        self.numbers = NumberScanner(maximumDigits: options.maximumDigits)
        self.strings = StringScanner(allowsNUL: options.allowsNUL)
        self.spans = recordsSpans ? SpanTable() : nil
        self.containers.reserveCapacity(16)
    }

    /// Reads a whole text.
    mutating func parse(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        // The table of spans keeps offsets in 32 bits.
        guard UInt32(exactly: bytes.count) != nil else { throw JSONError(.inputTooLong, at: 0) }
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw JSONError(.byteOrderMark, at: 0)
        }
        self.skipWhiteSpace(bytes)
        guard self.position < bytes.count else { throw JSONError(.emptyInput, at: self.position) }
        while true {
            // At the first byte of a value. Opening a container that is not empty leads to the first value inside.
            guard var value = try self.openOrRead(bytes) else { continue }
            // Hand the finished value to the container around it, and with it each container that ends here.
            while true {
                guard let container = self.containers.last else {
                    self.skipWhiteSpace(bytes)
                    guard self.position == bytes.count else { throw JSONError(.trailingText, at: self.position) }
                    return value
                }
                if container.isObject { self.members.setValue(consume value) } else { self.elements.append(consume value) }
                guard try self.endsAfterValue(container, bytes) else { break }
                value = self.close(container)
            }
        }
    }

    /// Reads a scalar or an empty container whole; of another container, only what stands before its first value.
    private mutating func openOrRead(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue? {
        let start = self.position
        guard start < bytes.count else { throw Self.unexpectedEnd(bytes) }
        let entry = self.spans?.begin(at: start) ?? 0
        let value: JSONValue
        switch bytes[start] {
        case UInt8(ascii: "{"):
            guard try self.isEmptyAfterOpening(bytes, closing: UInt8(ascii: "}")) else {
                let container = Container(isObject: true, first: self.members.count, spanEntry: entry)
                self.containers.append(container)
                try self.readKey(of: container, bytes)
                return nil
            }
            value = .object(JSONObject())
        case UInt8(ascii: "["):
            guard try self.isEmptyAfterOpening(bytes, closing: UInt8(ascii: "]")) else {
                self.containers.append(Container(isObject: false, first: self.elements.count, spanEntry: entry))
                return nil
            }
            value = .array([])
        case UInt8(ascii: "\""):
            let (content, end) = try self.strings.scan(bytes, from: start + 1)
            self.position = end
            value = .string(self.text(content, bytes))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let (number, end) = try self.numbers.scan(bytes, from: start)
            self.position = end
            value = .number(number)
        case UInt8(ascii: "t"):
            try self.readWord("true", bytes)
            value = .bool(true)
        case UInt8(ascii: "f"):
            try self.readWord("false", bytes)
            value = .bool(false)
        case UInt8(ascii: "n"):
            try self.readWord("null", bytes)
            value = .null
        default:
            throw Self.unexpectedCharacter(start)
        }
        self.spans?.end(entry, at: self.position)
        return value
    }

    /// Passes the opening bracket and the space after it, and the closing bracket too if that is next.
    private mutating func isEmptyAfterOpening(_ bytes: Span<UInt8>, closing: UInt8) throws(JSONError) -> Bool {
        guard self.containers.count < self.maximumDepth else { throw JSONError(.tooDeep, at: self.position) }
        self.position += 1
        self.skipWhiteSpace(bytes)
        guard self.position < bytes.count, bytes[self.position] == closing else { return false }
        self.position += 1
        return true
    }

    /// Reads what follows a value within a container: the closing bracket, or a comma and what stands before the next value.
    private mutating func endsAfterValue(_ container: Container, _ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        let closing = container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        self.skipWhiteSpace(bytes)
        guard self.position < bytes.count else { throw Self.unexpectedEnd(bytes) }
        let byte = bytes[self.position]
        guard byte == closing || byte == UInt8(ascii: ",") else { throw Self.unexpectedCharacter(self.position) }
        self.position += 1
        if byte == closing { return true }
        self.skipWhiteSpace(bytes)
        guard self.position == bytes.count || bytes[self.position] != closing else {
            throw JSONError(.trailingComma, at: self.position)
        }
        if container.isObject { try self.readKey(of: container, bytes) }
        return false
    }

    /// Reads a key, the colon, and the space before the value.
    private mutating func readKey(of object: Container, _ bytes: Span<UInt8>) throws(JSONError) {
        let start = self.position
        guard start < bytes.count else { throw Self.unexpectedEnd(bytes) }
        guard bytes[start] == UInt8(ascii: "\"") else { throw Self.unexpectedCharacter(start) }
        let (content, end) = try self.strings.scan(bytes, from: start + 1)
        self.position = end
        if let entry = self.spans?.begin(at: start) { self.spans?.end(entry, at: end) }
        let tag =
            switch content {
            case .plain(let range): MemberStack.tag(bytes.extracting(range))
            case .escaped: MemberStack.tag(self.strings.unescaped.span)
            }
        let isNew = self.members.append(self.text(content, bytes), tag: tag, toObjectAt: object.first)
        guard isNew else { throw JSONError(.duplicateKey, at: start) }
        self.skipWhiteSpace(bytes)
        guard self.position < bytes.count else { throw Self.unexpectedEnd(bytes) }
        guard bytes[self.position] == UInt8(ascii: ":") else { throw Self.unexpectedCharacter(self.position) }
        self.position += 1
        self.skipWhiteSpace(bytes)
    }

    /// Makes the value of the innermost container, whose closing bracket has just been read.
    private mutating func close(_ container: Container) -> JSONValue {
        self.containers.removeLast()
        self.spans?.end(container.spanEntry, at: self.position)
        return container.isObject
            ? .object(self.members.removeObject(at: container.first)) : .array(self.elements.removeAll(from: container.first))
    }

    private func text(_ content: StringScanner.Content, _ bytes: Span<UInt8>) -> String {
        switch content {
        case .plain(let range): bytes.text(in: range)
        case .escaped: String(decoding: self.strings.unescaped, as: UTF8.self)
        }
    }

    private mutating func readWord(_ word: StaticString, _ bytes: Span<UInt8>) throws(JSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard self.position < bytes.count else { throw Self.unexpectedEnd(bytes) }
            guard bytes[self.position] == word.utf8Start[offset] else { throw Self.unexpectedCharacter(self.position) }
            self.position += 1
        }
    }

    private mutating func skipWhiteSpace(_ bytes: Span<UInt8>) {
        while self.position < bytes.count {
            switch bytes[self.position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): self.position &+= 1
            default: return
            }
        }
    }

    private static func unexpectedEnd(_ bytes: Span<UInt8>) -> JSONError {
        JSONError(.unexpectedEnd, at: bytes.count)
    }

    private static func unexpectedCharacter(_ offset: Int) -> JSONError {
        JSONError(.unexpectedCharacter, at: offset)
    }
}
