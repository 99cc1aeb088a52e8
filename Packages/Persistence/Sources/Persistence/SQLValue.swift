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
/// | `json` | TEXT | `jsonb`, `json` |
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

    /// Whether this is the absence of a value.
    public var isNull: Bool {
        if case .null = self { true } else { false }
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
