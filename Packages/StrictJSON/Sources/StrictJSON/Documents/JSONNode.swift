/// A value in a document: what it says, and where it stands in the text.
public struct JSONNode: Sendable {
    /// A member of an object in a document.
    public struct Member: Sendable {
        /// The key, unescaped.
        public let key: String
        /// The byte range of the key in the text, quotes included.
        public let keySpan: Range<Int>
        /// The value.
        public let node: JSONNode
    }

    /// What the node says.
    public let value: JSONValue

    private let spans: SpanTable
    private let entry: Int

    init(value: JSONValue, spans: SpanTable, entry: Int) {
        self.value = value
        self.spans = spans
        self.entry = entry
    }

    /// The byte range of the value in the text; that of a string includes its quotes.
    public var span: Range<Int> { self.spans.range(of: self.entry) }

    /// The elements of an array in their order; none if this is something else.
    public var elements: [JSONNode] {
        guard case .array(let elements) = self.value else { return [] }
        var entry = self.entry + 1
        return elements.map { element in
            defer { entry = self.spans.next(after: entry) }
            return JSONNode(value: element, spans: self.spans, entry: entry)
        }
    }

    /// The members of an object in their order; none if this is something else.
    public var members: [Member] {
        guard case .object(let object) = self.value else { return [] }
        var entry = self.entry + 1
        return object.map { key, value in
            defer { entry = self.spans.next(after: entry + 1) }
            let node = JSONNode(value: value, spans: self.spans, entry: entry + 1)
            return Member(key: key, keySpan: self.spans.range(of: entry), node: node)
        }
    }

    /// The member value with exactly this key, in time that grows with its position; `nil` if there is none.
    public subscript(key: String) -> JSONNode? {
        guard case .object(let object) = self.value, let position = object.position(of: key) else { return nil }
        var entry = self.entry + 1
        for _ in 0..<position { entry = self.spans.next(after: entry + 1) }
        return JSONNode(value: object[position].value, spans: self.spans, entry: entry + 1)
    }

    /// The element at a position counted from 0, in time that grows with it; `nil` outside the array.
    public subscript(index: Int) -> JSONNode? {
        guard let element = self.value[index] else { return nil }
        var entry = self.entry + 1
        for _ in 0..<index { entry = self.spans.next(after: entry) }
        return JSONNode(value: element, spans: self.spans, entry: entry)
    }
}
