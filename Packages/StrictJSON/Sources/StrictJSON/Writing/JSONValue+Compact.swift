/// The form for responses: raw UTF-8, no spaces, members and the text of numbers as they are.
private enum CompactForm: WrittenForm {
    static let separator: StaticString = ","
    static let colon: StaticString = ":"

    static func append(_ number: JSONNumber, to output: inout [UInt8]) {
        output.append(contentsOf: number.text.utf8)
    }

    static func append(_ text: String, to output: inout [UInt8]) {
        StringEscaping.appendRaw(text, to: &output)
    }

    static func order(_ members: [JSONObject.Member]) -> [Int]? { nil }
}

extension JSONValue {
    /// Appends the compact form: raw UTF-8, no spaces, members in their order, numbers with their exact text.
    ///
    /// Parsing the result gives a value equal to this one.
    public func appendCompact(to output: inout [UInt8]) {
        CompactForm.append(self, to: &output)
    }

    /// The compact form, as ``appendCompact(to:)`` writes it.
    public func compactBytes() -> [UInt8] {
        var output: [UInt8] = []
        self.appendCompact(to: &output)
        return output
    }
}
