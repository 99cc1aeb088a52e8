/// One reply of a Redis server, or one element of it.
public enum RedisValue: Sendable, Hashable {
    /// Nothing: a missing key (`$-1`), or an array that is none (`*-1`).
    case null
    /// A number, such as the new value of a counter (`:3`).
    case integer(Int64)
    /// Bytes, such as the value of a key (`$3`).
    case string([UInt8])
    /// A short word, such as `OK` (`+OK`).
    case status(String)
    /// An error inside an array, such as the reply of one command of a transaction (`-ERR …`); an error that is the whole reply
    /// is thrown instead.
    case error(String)
    /// Several replies, at most seven levels deep.
    case array([RedisValue])
}

extension RedisValue {
    /// Whether there is nothing.
    public var isNull: Bool { self == .null }

    /// The bytes of a string; nil for the other kinds.
    public var bytes: [UInt8]? {
        if case .string(let bytes) = self { return bytes }
        return nil
    }

    /// A string or status as text, with replacement characters for what is no UTF-8; nil for the other kinds.
    public var text: String? {
        switch self {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .null, .integer, .error, .array: nil
        }
    }

    /// A number, or a string that is the decimal form of one; nil for the other kinds.
    public var integerValue: Int64? {
        switch self {
        case .integer(let number): number
        case .string(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        case .null, .status, .error, .array: nil
        }
    }

    /// The elements of an array; nil for the other kinds.
    public var arrayValue: [RedisValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }
}
