#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A value on its way into or out of a database.
///
/// What SQLite, which knows five types only, keeps for each case, and the column type on PostgreSQL:
///
/// | case | SQLite | PostgreSQL |
/// | --- | --- | --- |
/// | `integer` | INTEGER | `bigint`, `integer` |
/// | `double` | REAL (an infinity is kept, NaN refused) | `double precision` |
/// | `text` | TEXT (NUL refused) | `text`, `varchar` |
/// | `blob` | BLOB | `bytea` |
/// | `boolean` | INTEGER 0 or 1 | `boolean` |
/// | `uuid` | TEXT `6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f`, lower case | `uuid` |
/// | `timestamp` | TEXT `2026-11-20T21:52:36.972357Z`, always 27 characters, so that text order is time order | `timestamptz` |
/// | `json` | TEXT (NUL refused, `\u0000` too) | `jsonb`, `json` |
/// | `array` | refused | an array of any of these, of one dimension |
///
/// On PostgreSQL a naive `timestamp` is taken for UTC, `numeric` comes back as `integer` where it is whole and fits, else
/// as `text`, and `date` and further types that read like text come back as `text`.
///
/// A row from SQLite therefore holds only `null`, `integer`, `double`, `text` and `blob`; decoding evens that out.
public enum SQLValue: Sendable, Hashable {
    /// The absence of a value.
    case null
    /// A signed whole number.
    case integer(Int64)
    /// A floating-point number.
    case double(Double)
    /// Unicode text without NUL.
    case text(String)
    /// Bytes.
    case blob([UInt8])
    /// True or false.
    case boolean(Bool)
    /// A UUID.
    case uuid(UUID)
    /// An instant in UTC, to the microsecond.
    case timestamp(Timestamp)
    /// JSON text, which the caller has made well-formed.
    case json(String)
    /// Values of one type, or NULL, in order; PostgreSQL only.
    case array([SQLValue])

    /// Whether this is the absence of a value.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Refuses what one of the databases could not keep, so that all of them refuse it.
    ///
    /// - Throws: ``PersistenceError`` with code `unencodable`.
    package func checkStorable() throws(PersistenceError) {
        switch self {
        case .text(let text):
            if text.utf8.contains(0) { throw PersistenceError(.unencodable, message: "text with NUL cannot be stored") }
        case .json(let text):
            if Self.holdsNUL(json: text) { throw PersistenceError(.unencodable, message: "JSON with NUL cannot be stored") }
        case .double(let number):
            if number.isNaN { throw PersistenceError(.unencodable, message: "NaN cannot be stored") }
        case .array(let elements):
            for element in elements { try element.checkStorable() }
        case .null, .integer, .blob, .boolean, .uuid, .timestamp: break
        }
    }

    /// Whether JSON text holds NUL as it is or as the escape `\u0000`, which `jsonb` cannot keep.
    private static func holdsNUL(json text: String) -> Bool {
        var isEscaped = false
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == 0 { return true }
            if isEscaped, byte == UInt8(ascii: "u"), rest.starts(with: "0000".utf8) { return true }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        return false
    }
}

/// A type whose values can be bound to a statement.
public protocol SQLValueConvertible {
    /// What is bound.
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLValueConvertible {
    /// The value itself.
    public var sqlValue: SQLValue { self }
}

extension String: SQLValueConvertible {
    /// `text`.
    public var sqlValue: SQLValue { .text(self) }
}

extension Substring: SQLValueConvertible {
    /// `text`.
    public var sqlValue: SQLValue { .text(String(self)) }
}

extension Int: SQLValueConvertible {
    /// `integer`.
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLValueConvertible {
    /// `integer`.
    public var sqlValue: SQLValue { .integer(self) }
}

extension Int32: SQLValueConvertible {
    /// `integer`.
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Double: SQLValueConvertible {
    /// `double`.
    public var sqlValue: SQLValue { .double(self) }
}

extension Bool: SQLValueConvertible {
    /// `boolean`.
    public var sqlValue: SQLValue { .boolean(self) }
}

extension UUID: SQLValueConvertible {
    /// `uuid`.
    public var sqlValue: SQLValue { .uuid(self) }
}

extension Timestamp: SQLValueConvertible {
    /// `timestamp`.
    public var sqlValue: SQLValue { .timestamp(self) }
}

extension Array: SQLValueConvertible where Element == UInt8 {
    /// `blob`.
    public var sqlValue: SQLValue { .blob(self) }
}

extension Optional: SQLValueConvertible where Wrapped: SQLValueConvertible {
    /// What the wrapped value binds, or `null`.
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

extension SQLValueConvertible where Self: RawRepresentable, RawValue: SQLValueConvertible {
    /// What the raw value binds.
    public var sqlValue: SQLValue { self.rawValue.sqlValue }
}
