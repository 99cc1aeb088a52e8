/// A statement, or a part of one, whose interpolated values are bound as parameters and never become text.
///
/// ```swift
/// let email = request.email
/// let row = try connection.queryOne("SELECT id FROM users WHERE email = \(email)")
/// ```
///
/// Text becomes SQL only where the program's own source says so: in a literal, in `\(raw: "…")`, and in
/// `\(identifier: name)`, which quotes. Parts are joined with `+`, `\(part)` and ``joined(_:separator:)``. The
/// description shows the text without the values, so it may be logged.
public struct SQL: Sendable, Hashable {
    /// The text with `?` in the place of every value, as SQLite wants it.
    private var template: String

    /// Where the placeholders stand in `template`, in UTF-8 bytes, ascending.
    private var offsets: [Int]

    /// The values in the order of their placeholders.
    public private(set) var values: [SQLValue]

    /// Creates a part from text that was made elsewhere.
    ///
    /// - Warning: The text is taken as SQL as it is; nothing that came from outside the program may be in it.
    /// - Parameter text: SQL without parameters.
    public init(unchecked text: String) {
        self.template = text
        self.offsets = []
        self.values = []
    }

    /// Creates an empty part, to which others are added.
    public init() {
        self.init(unchecked: "")
    }

    /// Whether there is neither text nor a value.
    public var isEmpty: Bool { self.template.isEmpty }

    /// The text with the placeholders of a dialect: `?` for SQLite, `$1`, `$2`, … for PostgreSQL.
    public func text(for dialect: SQLDialect) -> String {
        switch dialect {
        case .sqlite:
            return self.template
        case .postgres:
            var text = ""
            text.reserveCapacity(self.template.utf8.count + 3 * self.offsets.count)
            var start = self.template.startIndex
            for (number, offset) in self.offsets.enumerated() {
                let place = self.template.utf8.index(self.template.startIndex, offsetBy: offset)
                text += self.template[start..<place]
                text += "$\(number + 1)"
                start = self.template.utf8.index(after: place)
            }
            text += self.template[start...]
            return text
        }
    }

    /// All that tells one statement from another, its values aside; drivers keep compiled statements by it.
    package struct Shape: Hashable, Sendable {
        private let template: String
        private let offsets: [Int]

        fileprivate init(_ sql: SQL) {
            self.template = sql.template
            self.offsets = sql.offsets
        }
    }

    package var shape: Shape { Shape(self) }

    /// Adds a part at the end.
    public static func += (left: inout SQL, right: SQL) {
        let shift = left.template.utf8.count
        left.template += right.template
        left.offsets.append(contentsOf: right.offsets.lazy.map { $0 + shift })
        left.values.append(contentsOf: right.values)
    }

    /// Two parts, one after the other; blanks between them are up to the parts.
    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum += right
        return sum
    }

    /// All parts in order with a separator between neighbours, such as `", "` or `" AND "`.
    public static func joined(_ parts: some Sequence<SQL>, separator: StaticString) -> SQL {
        var sum = SQL()
        var isFirst = true
        for part in parts {
            if !isFirst { sum.template += separator.description }
            isFirst = false
            sum += part
        }
        return sum
    }

    fileprivate mutating func append(text: String) {
        self.template += text
    }

    fileprivate mutating func append(value: SQLValue) {
        self.offsets.append(self.template.utf8.count)
        self.template += "?"
        self.values.append(value)
    }
}

extension Sequence where Element == SQL {
    /// All parts in order with a separator between neighbours, such as `", "` or `" AND "`.
    public func joined(separator: StaticString) -> SQL {
        SQL.joined(self, separator: separator)
    }
}

extension SQL: CustomStringConvertible {
    /// The text with `?` for every value; the values are not shown.
    public var description: String { self.template }
}

extension SQL: ExpressibleByStringInterpolation {
    /// Gathers the text and the values of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL

        /// Begins with an empty statement; the compiler calls it.
        public init(literalCapacity: Int, interpolationCount: Int) {
            self.sql = SQL()
            self.sql.template.reserveCapacity(literalCapacity + interpolationCount)
            self.sql.offsets.reserveCapacity(interpolationCount)
            self.sql.values.reserveCapacity(interpolationCount)
        }

        /// Adds text of the program's own source.
        public mutating func appendLiteral(_ literal: String) {
            self.sql.append(text: literal)
        }

        /// Binds a value: `\(email)`.
        public mutating func appendInterpolation(_ value: some SQLValueConvertible) {
            self.sql.append(value: value.sqlValue)
        }

        /// Binds a value, or NULL for `nil`: `\(displayName)`.
        public mutating func appendInterpolation<Value: SQLValueConvertible>(_ value: Value?) {
            self.sql.append(value: value.sqlValue)
        }

        /// Binds JSON text: `\(json: text)`.
        public mutating func appendInterpolation(json text: String?) {
            self.sql.append(value: text.map { .json($0) } ?? .null)
        }

        /// Binds a list for `IN`: `WHERE id IN \(list: ids)` becomes `(?, ?, ?)`.
        ///
        /// An empty list becomes `(NULL)`, in which nothing is; beware that nothing is `NOT IN` it either.
        public mutating func appendInterpolation(list values: some Sequence<some SQLValueConvertible>) {
            var isEmpty = true
            for value in values {
                self.sql.append(text: isEmpty ? "(" : ", ")
                self.sql.append(value: value.sqlValue)
                isEmpty = false
            }
            self.sql.append(text: isEmpty ? "(NULL)" : ")")
        }

        /// Inserts another part with its values: `\(condition)`.
        public mutating func appendInterpolation(_ part: SQL) {
            self.sql += part
        }

        /// Inserts text of the program's own source: `\(raw: "DESC")`.
        public mutating func appendInterpolation(raw text: StaticString) {
            self.sql.append(text: text.description)
        }

        /// Inserts a quoted identifier, safe for any name: `\(identifier: table)` becomes `"table"`.
        public mutating func appendInterpolation(identifier name: String) {
            self.sql.append(text: "\"")
            for part in name.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
                if part.offset > 0 { self.sql.append(text: "\"\"") }
                self.sql.append(text: String(part.element))
            }
            self.sql.append(text: "\"")
        }
    }

    /// Creates a part from an interpolated literal of the program's own source.
    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// Creates a part from a literal of the program's own source.
    public init(stringLiteral value: String) {
        self.init(unchecked: value)
    }
}
