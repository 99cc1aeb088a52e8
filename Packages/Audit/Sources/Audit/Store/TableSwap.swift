import Persistence

/// Puts a new table in the place of `audit_events`, with the columns, keys, indexes and triggers that the catalogue says.
struct TableSwap {
    static let newName = "audit_events_rebuilt"

    private let connection: any DatabaseConnection
    /// What makes the table's keys, indexes and triggers, in the words of the catalogue.
    private let definitions: [String]

    /// Keeps writers away and makes the new table, which has a unique request id for now.
    init(_ connection: any DatabaseConnection) throws {
        self.connection = connection
        switch connection.dialect {
        case .postgres:
            try connection.execute("LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE")
            self.definitions = try connection.query(
                """
                SELECT definition FROM (
                    SELECT 1 AS place, 'ALTER TABLE audit_events ADD CONSTRAINT ' || quote_ident(conname) || ' '
                        || pg_get_constraintdef(oid) AS definition
                    FROM pg_constraint WHERE conrelid = 'audit_events'::regclass AND contype IN ('p', 'u')
                    UNION ALL
                    SELECT 2, pg_get_indexdef(indexrelid) FROM pg_index
                    WHERE indrelid = 'audit_events'::regclass
                        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = pg_index.indexrelid)
                    UNION ALL
                    SELECT 3, pg_get_triggerdef(oid) FROM pg_trigger
                    WHERE tgrelid = 'audit_events'::regclass AND NOT tgisinternal
                ) AS definitions ORDER BY place, definition
                """
            ).map { try $0.decode("definition") }
            try connection.execute(
                """
                CREATE TABLE audit_events_rebuilt (
                    LIKE audit_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS)
                """)
        case .sqlite:
            let objects = try connection.query(
                """
                SELECT type, sql FROM sqlite_master WHERE tbl_name = 'audit_events' AND sql IS NOT NULL
                ORDER BY type = 'trigger', name
                """
            ).map { (type: try $0.decode("type", as: String.self), text: try $0.decode("sql", as: String.self)) }
            self.definitions = objects.filter { $0.type != "table" }.map(\.text)
            guard let table = objects.first(where: { $0.type == "table" })?.text, let start = table.firstIndex(of: "(") else {
                throw PersistenceError(.invalidStatement, message: "there is no table of audit events")
            }
            try connection.execute(SQL(unchecked: "CREATE TABLE audit_events_rebuilt \(table[start...])"))
        }
        try connection.execute("CREATE UNIQUE INDEX ix_audit_events_rebuilt ON audit_events_rebuilt (request_id)")
    }

    /// Drops the old table and gives its name to the new one.
    func finish() throws {
        try self.connection.execute("DROP INDEX ix_audit_events_rebuilt")
        if self.connection.dialect == .postgres { try self.moveSequence() }
        try self.connection.execute("DROP TABLE audit_events")
        try self.connection.execute("ALTER TABLE audit_events_rebuilt RENAME TO audit_events")
        for definition in self.definitions { try self.connection.execute(SQL(unchecked: definition)) }
    }

    /// The numbers of new rows go on where they were; otherwise they would go with the old table.
    private func moveSequence() throws {
        let row = try self.connection.queryOne("SELECT pg_get_serial_sequence('audit_events', 'id') AS name")
        guard let name = try row?.decode("name", as: String?.self) else { return }
        try self.connection.execute(SQL(unchecked: "ALTER SEQUENCE \(name) OWNED BY audit_events_rebuilt.id"))
        _ = try self.connection.query(
            """
            SELECT setval(\(name)::regclass, greatest(
                (SELECT coalesce(max(id), 0) FROM audit_events_rebuilt) + 1, nextval(\(name)::regclass)), false) AS next
            """)
    }
}
