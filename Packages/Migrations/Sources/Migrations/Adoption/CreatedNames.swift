import Persistence

/// The tables and columns that statements create, as far as their text tells.
///
/// It answers cheaply, and without the right to create anything, whether a chain can have left traces in a database. What
/// those traces amount to is found out by running the statements: see ``Rehearsal``.
struct CreatedNames: Sendable, Equatable {
    struct Column: Sendable, Hashable {
        let table: String
        let column: String
    }

    private(set) var tables: Set<String> = []
    private(set) var columns: Set<Column> = []

    init(_ statements: some Sequence<StaticString>) {
        for statement in statements { self.read(StatementWords(statement.description)) }
    }

    /// The tables of these that exist, and those to which a column of these was added, in order.
    func found(in existing: Set<Column>) -> [String] {
        let present = Set(existing.map(\.table))
        return self.tables.intersection(present).union(self.columns.intersection(existing).map(\.table)).sorted()
    }

    private mutating func read(_ statement: StatementWords) {
        var words = statement
        if words.take("CREATE") {
            if words.take("TEMP") || words.take("TEMPORARY") { return }
            _ = words.take("UNLOGGED") || words.take("VIRTUAL")
            guard words.take("TABLE") else { return }
            if words.take("IF") { _ = words.take("NOT") && words.take("EXISTS") }
            if let name = words.takeName() { self.tables.insert(name) }
        } else if words.take("ALTER") {
            guard words.take("TABLE") else { return }
            if words.take("IF") { _ = words.take("EXISTS") }
            _ = words.take("ONLY")
            guard let table = words.takeName() else { return }
            while words.skip(to: "ADD") {
                let saysColumn = words.take("COLUMN")
                if !saysColumn, Self.otherAdditions.contains(where: words.isNext) { continue }
                if words.take("IF") { _ = words.take("NOT") && words.take("EXISTS") }
                if let column = words.takeName() { self.columns.insert(Column(table: table, column: column)) }
            }
        }
    }

    private static let otherAdditions = ["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"]

    /// All columns of the current schema's tables.
    static func existing(_ connection: any DatabaseConnection) throws(PersistenceError) -> Set<Column> {
        let question: SQL =
            switch connection.dialect {
            case .sqlite:
                """
                SELECT lower(m.name) AS owner, lower(c.name) AS name
                FROM sqlite_master AS m, pragma_table_info(m.name) AS c
                WHERE m.type = 'table'
                """
            case .postgres:
                """
                SELECT c.relname::text AS owner, a.attname::text AS name
                FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relkind IN ('r', 'p', 'f')
                    AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
                """
            }
        var columns: Set<Column> = []
        for row in try connection.query(question) {
            columns.insert(Column(table: try row.decode("owner"), column: try row.decode("name")))
        }
        return columns
    }
}
