#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A type that can be read from a column.
///
/// Enumerations with a raw value that is decodable need only declare the conformance.
public protocol SQLDecodable {
    /// The value of this type that the column holds, or `nil` if the column holds something else.
    static func decoded(from value: SQLValue) -> Self?
}

extension SQLDecodable where Self: RawRepresentable, RawValue: SQLDecodable {
    /// The case whose raw value the column holds.
    public static func decoded(from value: SQLValue) -> Self? {
        RawValue.decoded(from: value).flatMap { Self(rawValue: $0) }
    }
}

extension SQLValue: SQLDecodable {
    /// Any value, NULL included.
    public static func decoded(from value: SQLValue) -> SQLValue? { value }
}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
    /// NULL is `nil`; a value of another type than `Wrapped` is still an error.
    public static func decoded(from value: SQLValue) -> Wrapped?? {
        if value.isNull { return .some(nil) }
        return Wrapped.decoded(from: value).map { .some($0) }
    }
}

extension String: SQLDecodable {
    /// Text and JSON as they are, a UUID or an instant in the form that SQLite keeps.
    public static func decoded(from value: SQLValue) -> String? {
        switch value {
        case .text(let text), .json(let text): text
        case .uuid(let uuid): uuid.sqlText
        case .timestamp(let timestamp): timestamp.rfc3339
        case .null, .integer, .double, .blob, .boolean, .array: nil
        }
    }
}

extension Int64: SQLDecodable {
    /// `integer`.
    public static func decoded(from value: SQLValue) -> Int64? {
        if case .integer(let number) = value { number } else { nil }
    }
}

extension Int: SQLDecodable {
    /// `integer`.
    public static func decoded(from value: SQLValue) -> Int? {
        if case .integer(let number) = value { Int(exactly: number) } else { nil }
    }
}

extension Int32: SQLDecodable {
    /// `integer` that is in range.
    public static func decoded(from value: SQLValue) -> Int32? {
        if case .integer(let number) = value { Int32(exactly: number) } else { nil }
    }
}

extension Double: SQLDecodable {
    /// A whole number is taken too, as SQLite keeps `2` for `2.0` in a column without a floating-point type.
    public static func decoded(from value: SQLValue) -> Double? {
        switch value {
        case .double(let number): number
        case .integer(let number): Double(exactly: number)
        case .null, .text, .blob, .boolean, .uuid, .timestamp, .json, .array: nil
        }
    }
}

extension Bool: SQLDecodable {
    /// `boolean`, or an integer that is 0 or 1.
    public static func decoded(from value: SQLValue) -> Bool? {
        switch value {
        case .boolean(let flag): flag
        case .integer(0): false
        case .integer(1): true
        case .null, .integer, .double, .text, .blob, .uuid, .timestamp, .json, .array: nil
        }
    }
}

extension Array: SQLDecodable where Element == UInt8 {
    /// `blob`.
    public static func decoded(from value: SQLValue) -> [UInt8]? {
        if case .blob(let bytes) = value { bytes } else { nil }
    }
}

extension UUID: SQLDecodable {
    /// `uuid`, or text of 36 characters with hyphens or of 32 without, in either case.
    public static func decoded(from value: SQLValue) -> UUID? {
        switch value {
        case .uuid(let uuid): uuid
        case .text(let text): UUID(sqlText: text)
        case .null, .integer, .double, .blob, .boolean, .timestamp, .json, .array: nil
        }
    }
}

extension Timestamp: SQLDecodable {
    /// `timestamp`, or text as ``Timestamp/init(sqlText:)`` reads it.
    public static func decoded(from value: SQLValue) -> Timestamp? {
        switch value {
        case .timestamp(let timestamp): timestamp
        case .text(let text): Timestamp(sqlText: text)
        case .null, .integer, .double, .blob, .boolean, .uuid, .json, .array: nil
        }
    }
}
