// The same questions for each kind of text. Strings are known to be UTF-8, so they are not checked again.

extension Pattern {
    /// The first match at or after a place.
    ///
    /// What stands before the place is seen by `^`, `\b` and looks behind. Takes time linear in the text at most; the
    /// thread is busy meanwhile.
    ///
    /// - Parameters:
    ///   - text: The bytes searched.
    ///   - start: Where the search begins, in bytes, at the start of a character.
    /// - Returns: The match, or nil if there is none.
    /// - Throws: ``PatternError`` with code `limitExceeded`, `invalidText`, `invalidOffset` or `engineFailure`; none of them
    ///   means "no match".
    public func firstMatch(in text: UnsafeRawBufferPointer, from start: Int = 0) throws(PatternError) -> PatternMatch? {
        try self.firstMatch(in: text, EngineCode.Request(start: start, isValidText: false))
    }

    /// The first match at or after a place; see ``firstMatch(in:from:)-(UnsafeRawBufferPointer,_)``.
    public func firstMatch(in text: Span<UInt8>, from start: Int = 0) throws(PatternError) -> PatternMatch? {
        try text.withUnsafeBytes { (bytes) throws(PatternError) in try self.firstMatch(in: bytes, from: start) }
    }

    /// The first match at or after a place; see ``firstMatch(in:from:)-(UnsafeRawBufferPointer,_)``.
    public func firstMatch(in text: [UInt8], from start: Int = 0) throws(PatternError) -> PatternMatch? {
        try self.firstMatch(in: text.span, from: start)
    }

    /// The first match at or after a place; see ``firstMatch(in:from:)-(UnsafeRawBufferPointer,_)``.
    public func firstMatch(in text: String, from start: Int = 0) throws(PatternError) -> PatternMatch? {
        try Self.withBytes(of: text) { (bytes) throws(PatternError) in
            // The engine would check this together with the text.
            if self.options.encoding == .utf8, bytes.indices.contains(start), bytes[start] & 0xC0 == 0x80 {
                throw PatternError(.invalidText, message: "the search starts inside a character")
            }
            return try self.firstMatch(in: bytes, EngineCode.Request(start: start, isValidText: true))
        }
    }

    /// All matches from left to right, none overlapping, as with Python's `re.finditer`; together they may cost what one
    /// search may.
    ///
    /// - Parameters:
    ///   - text: The bytes searched.
    ///   - limit: How many matches are wanted, default 10 000; what comes after them is not looked at.
    /// - Throws: ``PatternError`` as ``firstMatch(in:from:)-(UnsafeRawBufferPointer,_)`` does.
    public func matches(in text: UnsafeRawBufferPointer, atMost limit: Int = 10_000) throws(PatternError) -> [PatternMatch] {
        try self.matches(in: text, atMost: limit, isValidText: false)
    }

    /// All matches from left to right; see ``matches(in:atMost:)-(UnsafeRawBufferPointer,_)``.
    public func matches(in text: [UInt8], atMost limit: Int = 10_000) throws(PatternError) -> [PatternMatch] {
        try text.span.withUnsafeBytes { (bytes) throws(PatternError) in try self.matches(in: bytes, atMost: limit) }
    }

    /// All matches from left to right; see ``matches(in:atMost:)-(UnsafeRawBufferPointer,_)``.
    public func matches(in text: String, atMost limit: Int = 10_000) throws(PatternError) -> [PatternMatch] {
        try Self.withBytes(of: text) { (bytes) throws(PatternError) in
            try self.matches(in: bytes, atMost: limit, isValidText: true)
        }
    }

    /// Whether the text contains a match.
    ///
    /// - Throws: ``PatternError`` as ``firstMatch(in:from:)-(UnsafeRawBufferPointer,_)`` does.
    public func isFound(in text: UnsafeRawBufferPointer) throws(PatternError) -> Bool {
        try self.firstMatch(in: text) != nil
    }

    /// Whether the text contains a match; see ``isFound(in:)-(UnsafeRawBufferPointer)``.
    public func isFound(in text: [UInt8]) throws(PatternError) -> Bool {
        try self.firstMatch(in: text) != nil
    }

    /// Whether the text contains a match; see ``isFound(in:)-(UnsafeRawBufferPointer)``.
    public func isFound(in text: String) throws(PatternError) -> Bool {
        try self.firstMatch(in: text) != nil
    }

    /// Whether the whole text is a match, as with Python's `re.fullmatch`, whatever the options say.
    ///
    /// - Throws: ``PatternError`` as ``firstMatch(in:from:)-(UnsafeRawBufferPointer,_)`` does.
    public func matchesWhole(_ text: UnsafeRawBufferPointer) throws(PatternError) -> Bool {
        try self.matchesWhole(text, isValidText: false)
    }

    /// Whether the whole text is a match; see ``matchesWhole(_:)-(UnsafeRawBufferPointer)``.
    public func matchesWhole(_ text: [UInt8]) throws(PatternError) -> Bool {
        try text.span.withUnsafeBytes { (bytes) throws(PatternError) in try self.matchesWhole(bytes, isValidText: false) }
    }

    /// Whether the whole text is a match; see ``matchesWhole(_:)-(UnsafeRawBufferPointer)``.
    public func matchesWhole(_ text: String) throws(PatternError) -> Bool {
        try Self.withBytes(of: text) { (bytes) throws(PatternError) in try self.matchesWhole(bytes, isValidText: true) }
    }

    /// Lends the bytes of a string; `withUTF8` throws no typed errors, so they travel as results.
    private static func withBytes<Value>(
        of text: String, _ body: (UnsafeRawBufferPointer) throws(PatternError) -> Value
    ) throws(PatternError) -> Value {
        var text = text
        let result = text.withUTF8 { bytes in
            Result { () throws(PatternError) in try body(UnsafeRawBufferPointer(bytes)) }
        }
        return try result.get()
    }
}
