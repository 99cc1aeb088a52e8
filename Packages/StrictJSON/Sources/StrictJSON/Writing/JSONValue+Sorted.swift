/// What CPython writes for `json.dumps(json.loads(text), sort_keys=True)`.
private enum SortedForm: WrittenForm {
    static let separator: StaticString = ", "
    static let colon: StaticString = ": "

    static func append(_ number: JSONNumber, to output: inout [UInt8]) {
        if !number.isInteger, let value = number.doubleValue {
            ShortestDecimal(value).appendPythonStyle(to: &output)
        } else {
            output.append(contentsOf: number.integerText.utf8)
        }
    }

    static func append(_ text: String, to output: inout [UInt8]) {
        StringEscaping.appendASCII(text, to: &output)
    }

    static func order(_ members: [JSONObject.Member]) -> [Int]? {
        members.indices.sorted { members[$0].key.precedesByCodePoint(members[$1].key) }
    }
}

extension JSONValue {
    /// Appends the sorted form, over which digests and signatures are made and which upstream tools receive:
    /// `{"b": [1, {"a": null}], "f": 1e+16, "path": "/tmp/\u00fc"}`.
    ///
    /// It is what CPython writes for `json.dumps(value, sort_keys=True)`: keys in the order of their code points at every level,
    /// `", "` and `": "` between, non-ASCII and DEL as lower-case `\uXXXX` in surrogate pairs, integers with all their digits
    /// (`-0` as `0`), floats as the shortest text that reads back (`1.0`, `1e-07`, `1e+16`, `-0.0`).
    ///
    /// Takes O(n log n) time for the keys of an object.
    public func appendSorted(to output: inout [UInt8]) {
        SortedForm.append(self, to: &output)
    }

    /// The sorted form, as ``appendSorted(to:)`` writes it.
    public func sortedBytes() -> [UInt8] {
        var output: [UInt8] = []
        self.appendSorted(to: &output)
        return output
    }
}
