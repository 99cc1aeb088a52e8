import CLibpq
import Persistence

/// Reads the binary form of an array: number of dimensions, a flag, the type of the elements, the bounds, the elements.
enum ArrayDecoder {
    static func value(_ reader: inout BinaryReader) -> SQLValue? {
        guard let dimensions = reader.read(Int32.self), reader.read(Int32.self) != nil, let type = reader.read(UInt32.self) else {
            return nil
        }
        if dimensions == 0 { return .array([]) }
        guard dimensions == 1, let count = reader.read(Int32.self), count >= 0, reader.read(Int32.self) != nil else { return nil }
        var elements: [SQLValue] = []
        for _ in 0..<count {
            guard let length = reader.read(Int32.self) else { return nil }
            if length < 0 {
                elements.append(.null)
                continue
            }
            guard let bytes = reader.read(count: Int(length)), let element = ValueDecoder.value(bytes, type: type) else {
                return nil
            }
            elements.append(element)
        }
        return reader.isAtEnd ? .array(elements) : nil
    }
}
