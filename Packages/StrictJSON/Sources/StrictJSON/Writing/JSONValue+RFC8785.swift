/// The canonical form of RFC 8785.
private enum RFC8785Form: WrittenForm {
    static let separator: StaticString = ","
    static let colon: StaticString = ":"

    static func append(_ number: JSONNumber, to output: inout [UInt8]) throws(JSONError) {
        guard let value = number.doubleValue else { throw JSONError(.numberOutOfRange) }
        ShortestDecimal(value).appendECMAScriptStyle(to: &output)
    }

    static func append(_ text: String, to output: inout [UInt8]) {
        StringEscaping.appendRaw(text, to: &output)
    }

    static func order(_ members: [JSONObject.Member]) -> [Int]? {
        members.indices.sorted { members[$0].key.precedesByCodeUnit(members[$1].key) }
    }
}

extension JSONValue {
    /// Appends the canonical form of RFC 8785 (JCS), for exports that other programs verify: `{"a":[1,1e+30],"ü":"€"}`.
    ///
    /// Keys are in the order of their UTF-16 code units, strings raw UTF-8, numbers as ECMAScript writes them. As I-JSON (RFC 7493
    /// section 2.2) has it, each number goes through `Double`: integers beyond 2^53 may become another integer, and `1.0`
    /// becomes `1`. So two values that differ can have one form, and digests are made over the sorted form instead.
    ///
    /// - Throws: ``JSONError`` with code `numberOutOfRange` for an integer beyond the range of `Double`; the output then ends
    ///   somewhere within the value.
    public func appendRFC8785(to output: inout [UInt8]) throws(JSONError) {
        try RFC8785Form.append(self, to: &output)
    }

    /// The canonical form of RFC 8785, as ``appendRFC8785(to:)`` writes it.
    ///
    /// - Throws: ``JSONError`` with code `numberOutOfRange` for an integer beyond the range of `Double`.
    public func rfc8785Bytes() throws(JSONError) -> [UInt8] {
        var output: [UInt8] = []
        try self.appendRFC8785(to: &output)
        return output
    }
}
