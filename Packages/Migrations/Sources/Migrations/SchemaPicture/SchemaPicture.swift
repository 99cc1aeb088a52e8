public import Persistence

/// All that a database's catalogue says of a schema, in a form that can be compared.
///
/// It holds tables, columns (type, nullability, default, identity, order), constraints, indexes, triggers, views, functions,
/// sequences and types of the current schema, without the schema's name, so that pictures of two schemas can be equal.
/// The tables in which migration tools keep their records are left out, and on PostgreSQL whatever belongs to an extension.
///
/// ```swift
/// let before = try await database.read { try SchemaPicture($0) }
/// ```
public struct SchemaPicture: Sendable, Hashable {
    /// What tells one object from all others.
    struct Name: Sendable, Hashable, Comparable {
        /// `table`, `column`, `constraint`, …
        let kind: String
        /// The table that it belongs to, empty for none.
        let owner: String
        let name: String

        static func < (left: Name, right: Name) -> Bool {
            (left.owner, left.kind, left.name) < (right.owner, right.kind, right.name)
        }

        /// For people: `column users.email`.
        var words: String {
            if self.owner.isEmpty || self.owner == self.name { return "\(self.kind) \(self.name)" }
            return "\(self.kind) \(self.owner).\(self.name)"
        }
    }

    /// The definition of every object.
    let objects: [Name: String]
    /// The type of every column, by its name.
    let columnTypes: [Name: String]

    /// Reads the current schema.
    ///
    /// - Parameter connection: Of either dialect; on PostgreSQL it is asked nine times, on SQLite six.
    /// - Throws: The database's errors.
    public init(_ connection: any DatabaseConnection) throws(PersistenceError) {
        var objects: [Name: String] = [:]
        var columnTypes: [Name: String] = [:]
        let queries =
            switch connection.dialect {
            case .sqlite: Self.sqliteQueries
            case .postgres: Self.postgresQueries
            }
        for query in queries {
            for row in try connection.query(query) {
                let name = Name(
                    kind: try row.decode("kind"), owner: try row.decode("owner"), name: try row.decode("name"))
                if Self.recordTables.contains(name.owner) { continue }
                var definition: String = try row.decode("definition")
                // SQLite keeps the text of a statement with its line breaks.
                if row["is_text"] != nil { definition.removeAll(where: \.isWhitespace) }
                objects[name] = definition
                if name.kind == "column" { columnTypes[name] = try row.decode("type") }
            }
        }
        self.objects = objects
        self.columnTypes = columnTypes
    }

    /// Every object with its definition on a line of its own, in a fixed order.
    public var lines: [String] {
        self.objects.sorted { $0.key < $1.key }.map { "\($0.key.words): \($0.value)" }
    }

    /// The names of the tables in order.
    public var tables: [String] {
        self.objects.keys.filter { $0.kind == "table" }.map(\.name).sorted()
    }

    /// In what this schema is not as another, a line for people for each object; empty if they are equal.
    ///
    /// - Parameter expected: What this one should look like.
    public func differences(from expected: SchemaPicture) -> [String] {
        SchemaDifferences.lines(actual: self.objects, expected: expected.objects)
    }

    private static let recordTables: Set = ["gatehouse_revisions", "alembic_version"]
}
