/// Building values for a response, beside the cases and literals; each has a name of its own, so that large literals compile fast.
extension JSONValue {
    /// An integer of any width.
    public static func integer(_ integer: some BinaryInteger) -> JSONValue {
        .number(JSONNumber(integer))
    }

    /// A float, written so that it reads back as the same `Double`; `null` for infinities and NaN, which JSON does not have.
    public static func float(_ float: Double) -> JSONValue {
        JSONNumber(float).map { .number($0) } ?? .null
    }

    /// A string, or `null` for `nil`.
    public static func string(orNull text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    /// A boolean, or `null` for `nil`.
    public static func bool(orNull flag: Bool?) -> JSONValue {
        flag.map { .bool($0) } ?? .null
    }

    /// An integer of any width, or `null` for `nil`.
    public static func integer(orNull integer: (some BinaryInteger)?) -> JSONValue {
        integer.map { .integer($0) } ?? .null
    }

    /// A float as ``float(_:)`` makes it, or `null` for `nil`.
    public static func float(orNull float: Double?) -> JSONValue {
        float.map { .float($0) } ?? .null
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Creates `null`.
    public init(nilLiteral: ()) {
        self = .null
    }

    /// Creates a boolean.
    public init(booleanLiteral flag: Bool) {
        self = .bool(flag)
    }

    /// Creates an integer.
    public init(integerLiteral integer: Int64) {
        self = .integer(integer)
    }

    /// Creates a float as ``float(_:)`` does.
    public init(floatLiteral float: Double) {
        self = .float(float)
    }

    /// Creates a string.
    public init(stringLiteral text: String) {
        self = .string(text)
    }

    /// Creates an array.
    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// Creates an object; of several members with one key, the last value stands, at the place of the first.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(JSONObject(members))
    }
}

extension JSONValue: CustomStringConvertible {
    /// The compact form, for tests and for the debugger; it shows everything, so keep it out of logs.
    public var description: String {
        String(decoding: self.compactBytes(), as: UTF8.self)
    }
}
