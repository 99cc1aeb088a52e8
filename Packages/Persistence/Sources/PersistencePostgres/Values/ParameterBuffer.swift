import Persistence

/// The values of one statement as libpq takes them: bytes one after the other, each text with NUL behind it.
///
/// All values but bytes go as text and without a type, so the server gives each the type that its place in the statement
/// asks for: the same text is a name here and a UUID there.
struct ParameterBuffer {
    private enum Entry {
        case null
        case text(offset: Int)
        case bytes(offset: Int, count: Int)
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// How many values there are.
    var count: Int { self.entries.count }

    init() {}

    /// - Throws: ``PersistenceError`` with code `unencodable` for text with NUL and for NaN.
    init(_ values: [SQLValue]) throws(PersistenceError) {
        self.entries.reserveCapacity(values.count)
        for value in values {
            try value.checkStorable()
            let offset = self.bytes.count
            switch value {
            case .null:
                self.entries.append(.null)
                continue
            case .blob(let blob):
                self.bytes.append(contentsOf: blob)
                self.entries.append(.bytes(offset: offset, count: blob.count))
            case .array(let elements):
                ArrayText.append(elements, to: &self.bytes)
                self.entries.append(.text(offset: offset))
            default:
                self.bytes.append(contentsOf: Self.text(of: value).utf8)
                self.entries.append(.text(offset: offset))
            }
            self.bytes.append(0)
        }
    }

    /// The text that the server reads a value from.
    static func text(of value: SQLValue) -> String {
        switch value {
        case .integer(let number): String(number)
        case .double(let number): number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : number.description
        case .text(let text), .json(let text): text
        case .boolean(let flag): flag ? "t" : "f"
        case .uuid(let uuid): uuid.sqlText
        case .timestamp(let timestamp): timestamp.rfc3339
        case .blob(let bytes): "\\x" + bytes.map { Self.hexadecimal($0) }.joined()
        case .null, .array: ""
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// Lends the three lists that libpq takes: where each value is, how long it is, and whether it is binary.
    func withPointers<T>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> T
    ) -> T {
        if self.entries.isEmpty { return body(nil, nil, nil) }
        return self.bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: self.entries.count) { values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * self.entries.count) { numbers in
                    for (index, entry) in self.entries.enumerated() {
                        var (value, length, format): (UnsafePointer<CChar>?, Int, Int32) = (nil, 0, 0)
                        switch entry {
                        case .null: break
                        case .text(let offset): value = start?.advanced(by: offset)
                        case .bytes(let offset, let count): (value, length, format) = (start?.advanced(by: offset), count, 1)
                        }
                        values.initializeElement(at: index, to: value)
                        numbers.initializeElement(at: index, to: Int32(clamping: length))
                        numbers.initializeElement(at: self.entries.count + index, to: format)
                    }
                    return body(
                        UnsafePointer(values.baseAddress), UnsafePointer(numbers.baseAddress),
                        numbers.baseAddress.map { UnsafePointer($0 + self.entries.count) })
                }
            }
        }
    }
}
