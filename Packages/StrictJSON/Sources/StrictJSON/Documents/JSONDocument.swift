/// A JSON text together with its tree, for callers that need to know where in the text a value stands.
public struct JSONDocument: Sendable {
    /// The text.
    public let bytes: [UInt8]

    /// What the text says.
    public let value: JSONValue

    private let spans: SpanTable

    /// Parses a text; time and memory grow in proportion to its length.
    ///
    /// - Throws: ``JSONError`` for everything that is not strict JSON within the limits of the options.
    public init(parsing bytes: [UInt8], options: JSONParsingOptions = JSONParsingOptions()) throws(JSONError) {
        var parser = JSONParser(options: options, recordsSpans: true)
        self.value = try parser.parse(bytes.span)
        self.spans = parser.spans ?? SpanTable()
        self.bytes = bytes
    }

    /// The outermost value and the way to all values inside, with their places in the text.
    public var root: JSONNode {
        JSONNode(value: self.value, spans: self.spans, entry: 0)
    }

    /// Tells which bytes of the text stand for which bytes of an unescaped string or key.
    ///
    /// - Parameter span: The span of a string or a key of this document, quotes included.
    /// - Returns: `nil` if no string of this document can stand there.
    public func sourceMap(ofStringAt span: Range<Int>) -> JSONSourceMap? {
        guard span.lowerBound >= 0, span.upperBound <= self.bytes.count, span.count >= 2,
            self.bytes[span.lowerBound] == UInt8(ascii: "\""), self.bytes[span.upperBound - 1] == UInt8(ascii: "\"")
        else { return nil }
        return JSONSourceMap(self.bytes, content: (span.lowerBound + 1)..<(span.upperBound - 1))
    }
}

extension JSONValue {
    /// Parses a text; time and memory grow in proportion to its length.
    ///
    /// - Throws: ``JSONError`` for everything that is not strict JSON within the limits of the options.
    public init(parsing bytes: Span<UInt8>, options: JSONParsingOptions = JSONParsingOptions()) throws(JSONError) {
        var parser = JSONParser(options: options, recordsSpans: false)
        self = try parser.parse(bytes)
    }

    /// Parses a text given as any collection of bytes, which is copied only if it is not contiguous in memory.
    ///
    /// - Throws: ``JSONError`` for everything that is not strict JSON within the limits of the options.
    public init(parsing bytes: some Collection<UInt8>, options: JSONParsingOptions = JSONParsingOptions()) throws(JSONError) {
        let inPlace = bytes.withContiguousStorageIfAvailable { storage in
            Result { () throws(JSONError) in try JSONValue(parsing: storage.span, options: options) }
        }
        if let inPlace {
            self = try inPlace.get()
        } else {
            try self.init(parsing: Array(bytes).span, options: options)
        }
    }
}
