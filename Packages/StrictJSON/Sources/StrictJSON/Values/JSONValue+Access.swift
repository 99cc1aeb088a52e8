/// Looking into a value of which nothing is known yet: every look answers `nil` where the kind is another.
extension JSONValue {
    /// Whether this is `null`.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The truth value of a boolean.
    public var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The text of a string, unescaped.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The number, integer or float.
    public var numberValue: JSONNumber? {
        if case .number(let number) = self { number } else { nil }
    }

    /// The elements of an array.
    public var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The object.
    public var objectValue: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The number as `Int`, if it is integral and in range; `5.0` counts as 5, see ``JSONNumber/exactly(_:)``.
    public var intValue: Int? { self.numberValue?.exactly(Int.self) }

    /// The number as `Int64`, if it is integral and in range; `5.0` counts as 5, see ``JSONNumber/exactly(_:)``.
    public var int64Value: Int64? { self.numberValue?.exactly(Int64.self) }

    /// The number as `UInt64`, if it is integral and in range; `5.0` counts as 5, see ``JSONNumber/exactly(_:)``.
    public var uint64Value: UInt64? { self.numberValue?.exactly(UInt64.self) }

    /// The nearest `Double` to a number; `nil` for an integer beyond the range of `Double`.
    public var doubleValue: Double? { self.numberValue?.doubleValue }

    /// The value of the member with exactly this key; `nil` if there is none or this is no object.
    public subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    /// The element at a position counted from 0; `nil` outside the array or if this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}
