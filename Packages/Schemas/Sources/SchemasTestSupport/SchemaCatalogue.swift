public import Persistence

/// What a database's own catalogue says of its schema, in lines that can be compared: no text of a revision, and no table
/// in which a migrator keeps books.
///
/// | part | line |
/// | --- | --- |
/// | ``columns`` | `votes.vote_type varchar(10) NOT NULL`, in the order of the columns |
/// | ``constraints`` | `votes: uq_votes_trace_id_voter_id UNIQUE (trace_id, voter_id)` |
/// | ``indexes`` | `tags: INDEX ix_tags_name (name)`; those behind constraints are left out |
/// | ``others`` | triggers, functions, sequences, views, extensions |
public struct SchemaCatalogue: Equatable, Sendable {
    /// Each column with its type, whether it must not be NULL, and its default.
    public let columns: [String]
    /// Each constraint by its name.
    public let constraints: [String]
    /// Each index that was made as one.
    public let indexes: [String]
    /// Everything else that has a name.
    public let others: [String]

    /// Reads the catalogue of the current schema.
    ///
    /// - Throws: `PersistenceError` when it cannot be read.
    public init(_ connection: any DatabaseConnection) throws {
        switch connection.dialect {
        case .postgres:
            let read = { (sql: SQL) in try connection.query(sql).map { try $0.decode("line", as: String.self) } }
            self.columns = try read(Self.postgresColumns).map(Self.plain)
            self.constraints = try read(Self.postgresConstraints)
            // PostgreSQL quotes a name that is a word of SQL as well.
            self.indexes = try read(Self.postgresIndexes).map { $0.replacing("\"", with: "") }
            self.others = try read(Self.postgresOthers)
        case .sqlite:
            let tables = try SQLiteTables(connection)
            self.columns = tables.columns
            self.constraints = tables.constraints
            self.indexes = tables.indexes
            self.others = tables.others
        }
    }

    /// Whether there is nothing at all.
    public var isEmpty: Bool { [self.columns, self.constraints, self.indexes, self.others].allSatisfy(\.isEmpty) }

    /// A line of a column without what PostgreSQL adds: the type of a literal, and long names of types.
    private static func plain(_ line: String) -> String {
        var line = line
        for cast in ["::character varying", "::text", "::jsonb", "::json", "::double precision"] {
            line = line.replacing(cast, with: "")
        }
        for (long, short) in [
            ("character varying", "varchar"), ("timestamp with time zone", "timestamptz"),
            ("timestamp without time zone", "timestamp"), ("double precision", "float"),
        ] {
            line = line.replacing(long, with: short)
        }
        return line
    }

    private static let books: SQL = "('gatehouse_revisions', 'alembic_version')"

    private static let postgresColumns: SQL = """
        SELECT c.relname::text || '.' || a.attname::text || ' ' || format_type(a.atttypid, a.atttypmod)
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
        FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
            AND NOT a.attisdropped AND c.relname NOT IN \(Self.books)
        ORDER BY c.relname, a.attnum
        """

    private static let postgresConstraints: SQL = """
        SELECT c.relname::text || ': ' || k.conname::text || ' ' || pg_get_constraintdef(k.oid) AS line
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relname NOT IN \(Self.books) AND k.contype <> 't'
        ORDER BY line
        """

    private static let postgresIndexes: SQL = """
        SELECT c.relname::text || ': ' || CASE WHEN i.indisunique THEN 'UNIQUE INDEX ' ELSE 'INDEX ' END || x.relname::text
            || ' ' || regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING (btree )?', '') AS line
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relname NOT IN \(Self.books)
            AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
        ORDER BY line
        """

    private static let postgresOthers: SQL = """
        SELECT c.relname::text || ': ' || pg_get_triggerdef(t.oid) AS line
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
        UNION ALL
        SELECT pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind IN ('f', 'p')
        UNION ALL
        SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'VIEW ' END || c.relname::text FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('S', 'v', 'm')
        UNION ALL
        SELECT 'EXTENSION ' || e.extname::text FROM pg_extension e WHERE e.extname <> 'plpgsql'
        ORDER BY line
        """
}
