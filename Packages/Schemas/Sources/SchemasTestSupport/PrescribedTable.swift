public import Persistence

/// A table as CONTRACTS §2 prescribes it, and how each dialect's catalogue shows it.
///
/// ```swift
/// PrescribedTable("tags", "id uuid; name varchar(50); is_curated bool = false; created_at timestamptz = now")
/// ```
///
/// Columns are separated by `;`. A type followed by `?` may be NULL; every other is NOT NULL.
public struct PrescribedTable: Sendable {
    private let name: String
    private let columns: [Column]

    private struct Column: Sendable {
        let name: String
        let type: String
        let isNullable: Bool
        let value: String?
    }

    /// Reads the notation, which is a literal of a test.
    public init(_ name: String, _ columns: String) {
        self.name = name
        self.columns = columns.split(separator: ";").map { text in
            let sides = text.split(separator: "=", maxSplits: 1).map {
                $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
            let words = sides[0].split(separator: " ", maxSplits: 1).map(String.init)
            precondition(words.count == 2, "a column has a name and a type")
            return Column(
                name: words[0], type: words[1].replacing("?", with: ""), isNullable: words[1].hasSuffix("?"),
                value: sides.count > 1 ? sides[1] : nil)
        }
    }

    /// The lines of ``SchemaCatalogue/columns``.
    public func lines(_ dialect: SQLDialect) -> [String] {
        self.columns.map { column in
            var line = "\(self.name).\(column.name) \(Self.type(column.type, dialect))"
            if !column.isNullable { line += " NOT NULL" }
            if column.type == "serial" {
                if dialect == .postgres { line += " DEFAULT nextval('\(self.name)_id_seq'::regclass)" }
            } else if let value = column.value {
                line += " DEFAULT \(Self.value(value, column.type, dialect))"
            }
            return line
        }
    }

    private static func type(_ type: String, _ dialect: SQLDialect) -> String {
        switch (dialect, type) {
        case (.postgres, "bool"): "boolean"
        case (.postgres, "int"), (.postgres, "serial"): "integer"
        case (.postgres, _): type
        case (.sqlite, "bool"): "BOOLEAN"
        case (.sqlite, "int"), (.sqlite, "serial"): "INTEGER"
        case (.sqlite, "uuid"): "CHAR(36)"
        case (.sqlite, "timestamptz"), (.sqlite, "timestamp"), (.sqlite, "json"), (.sqlite, "jsonb"): "TEXT"
        case (.sqlite, _): type.uppercased()
        }
    }

    private static func value(_ value: String, _ type: String, _ dialect: SQLDialect) -> String {
        switch (dialect, value) {
        case (.postgres, "now") where type == "timestamp": "timezone('utc', now())"
        case (.postgres, "now"): "now()"
        case (.sqlite, "now"): "strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'"
        case (.sqlite, "true"), (.sqlite, "false"): value.uppercased()
        default: value
        }
    }
}
