/// One row of a result: values that are looked up by the name of their column.
///
/// The names are shared by all rows of a statement. A look-up compares names one after the other, which beats a
/// dictionary for the widths that tables have.
public struct Row: Sendable {
    /// The names of a result's columns in order, shared by its rows.
    public final class Columns: Sendable {
        /// The names in order.
        public let names: [String]

        private let areASCII: Bool

        /// Creates the heading of a result; drivers keep it with their prepared statement.
        public init(names: [String]) {
            self.names = names
            self.areASCII = names.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
        }

        /// Byte by byte: canonically equivalent names are different columns. `==` goes first because it is quick; with
        /// equal lengths, nothing but the same bytes equals an ASCII name.
        fileprivate func index(of name: String) -> Int? {
            self.names.firstIndex { candidate in
                candidate == name && candidate.utf8.count == name.utf8.count
                    && (self.areASCII || candidate.utf8.elementsEqual(name.utf8))
            }
        }
    }

    private let columns: Columns
    private let values: [SQLValue]

    /// Creates a row, as drivers do.
    ///
    /// - Parameters:
    ///   - columns: The heading of the result.
    ///   - values: As many values as there are columns.
    public init(columns: Columns, values: [SQLValue]) {
        precondition(columns.names.count == values.count, "a row has one value for each column")
        self.columns = columns
        self.values = values
    }

    /// The names of the columns in order.
    public var columnNames: [String] { self.columns.names }

    /// The value of a column as the driver gave it, or `nil` if there is no such column; of two columns with one name, the first.
    public subscript(column: String) -> SQLValue? {
        self.columns.index(of: column).map { self.values[$0] }
    }

    /// The value of a column as a type of the program: `let email: String? = try row.decode("email")`.
    ///
    /// - Parameters:
    ///   - column: The name of the column, compared byte by byte; of two columns with one name, the first.
    ///   - type: The wanted type; an optional one takes NULL.
    /// - Throws: ``PersistenceError`` with code `decoding` when there is no such column, when its value is of another
    ///   type or out of range, or when NULL meets a type that is not optional.
    public func decode<T: SQLDecodable>(_ column: String, as type: T.Type = T.self) throws(PersistenceError) -> T {
        guard let index = self.columns.index(of: column) else {
            throw PersistenceError(.decoding, message: "the row has no column \(column)")
        }
        guard let value = T.decoded(from: self.values[index]) else {
            throw PersistenceError(.decoding, message: "column \(column) holds no \(T.self)")
        }
        return value
    }
}

extension Row: CustomStringConvertible {
    /// The names without the values, so that a row in a log leaks nothing.
    public var description: String { "Row(\(self.columns.names.joined(separator: ", ")))" }
}
