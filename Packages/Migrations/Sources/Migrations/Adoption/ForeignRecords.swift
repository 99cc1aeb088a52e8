import Persistence

/// What another tool wrote down of a database: the table `alembic_version` with one column, `version_num`.
enum ForeignRecords {
    /// Its revisions in order, often one per branch; none if there is no such table. More than there can be are not read.
    static func versions(_ connection: any DatabaseConnection) throws(PersistenceError) -> [String] {
        let question: SQL =
            switch connection.dialect {
            case .sqlite: "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
            case .postgres:
                """
                SELECT 1 AS found FROM pg_attribute
                WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.alembic_version') AND attname = 'version_num'
                """
            }
        guard try connection.queryOne(question) != nil else { return [] }
        let rows = try connection.query("SELECT version_num FROM alembic_version ORDER BY version_num LIMIT 1000")
        return try rows.map { row throws(PersistenceError) in try row.decode("version_num") }
    }
}
