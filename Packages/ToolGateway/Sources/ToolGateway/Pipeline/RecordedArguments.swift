import StrictJSON

/// Arguments as they stand in records: bounded, and with numbers that every database takes.
///
/// The form that is judged, approved and sent is never changed by this.
enum RecordedArguments {
    /// Most bytes of the sorted form; what is longer is told by its length and a digest.
    static let maximumBytes = 256 << 10
    /// Numbers with greater powers of ten stand as texts: a database may write them out with all their digits.
    private static let greatestExponent = 64

    static func make(of arguments: JSONObject, digest: ([UInt8]) -> String) -> JSONObject {
        let plain = Self.plain(.object(arguments))
        let bytes = plain.sortedBytes()
        guard bytes.count <= Self.maximumBytes else {
            return ["_omitted_bytes": .integer(bytes.count), "_digest": .string(digest(bytes))]
        }
        return plain.objectValue ?? [:]
    }

    private static func plain(_ value: JSONValue) -> JSONValue {
        switch value {
        case .number(let number): return Self.isExtreme(number) ? .string(number.text) : value
        case .array(let elements): return .array(elements.map(Self.plain))
        case .object(let object): return .object(JSONObject(object.map { ($0.key, Self.plain($0.value)) }))
        default: return value
        }
    }

    private static func isExtreme(_ number: JSONNumber) -> Bool {
        let bytes = number.text.utf8
        guard let place = bytes.firstIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) else {
            return bytes.count > 1_000
        }
        guard let exponent = Int(String(number.text[bytes.index(after: place)...])) else { return true }
        return exponent.magnitude > UInt(Self.greatestExponent) || bytes.count > 1_000
    }
}
