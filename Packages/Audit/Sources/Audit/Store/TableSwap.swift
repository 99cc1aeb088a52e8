import Persistence

/// Puts a new table in the place of `audit_events`, with the columns, keys, indexes and triggers that the catalogue says.
struct TableSwap {
    static let newName = "audit_events_rebuilt"

    private let connection: any DatabaseConnection
    /// What makes the table's keys, indexes and triggers, and who may do what with it, in the words of the catalogue.
    private let definitions: [String]

    /// Keeps writers away and makes the new table, which has a unique request id for now.
    init(_ connection: any DatabaseConnection) throws {
        self.connection = connection
        switch connection.dialect {
        case .postgres:
            try connection.execute("LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE")
            self.definitions =
                try connection.query(
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
                ).map { try $0.decode("definition") } + Self.grants(connection)
            try connection.execute(
                """
                CREATE TABLE audit_events_rebuilt (
                    LIKE audit_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS)
                """)
            try Self.keepOwner(connection)
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

    /// What gives everybody the rights that they have on the table and on its columns.
    private static func grants(_ connection: any DatabaseConnection) throws -> [String] {
        try connection.query(
            """
            SELECT 'GRANT ' || privilege_type || coalesce(' (' || quote_ident(column_name) || ')', '') || ' ON audit_events TO '
                || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
                || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS statement
            FROM (
                SELECT privilege_type, NULL::name AS column_name, grantee, is_grantable
                FROM pg_class, LATERAL aclexplode(coalesce(relacl, acldefault('r', relowner)))
                WHERE pg_class.oid = 'audit_events'::regclass
                UNION ALL
                SELECT privilege_type, attname, grantee, is_grantable FROM pg_attribute, LATERAL aclexplode(attacl)
                WHERE attrelid = 'audit_events'::regclass AND attnum > 0 AND NOT attisdropped
            ) AS rights ORDER BY statement
            """
        ).map { try $0.decode("statement") }
    }

    /// A new table may begin with other rights, by `ALTER DEFAULT PRIVILEGES`; nobody gets more than before.
    private static func revokeAll(_ connection: any DatabaseConnection) throws {
        let names = try connection.query(
            """
            SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS name
            FROM pg_class, LATERAL aclexplode(coalesce(relacl, acldefault('r', relowner)))
            WHERE pg_class.oid = 'audit_events_rebuilt'::regclass
            """
        ).map { try $0.decode("name", as: String.self) }
        for name in names { try connection.execute(SQL(unchecked: "REVOKE ALL ON audit_events_rebuilt FROM \(name)")) }
    }

    /// Gives the new table to whom the old one belongs; a sequence can only be owned by a table of the same owner.
    private static func keepOwner(_ connection: any DatabaseConnection) throws {
        let row = try connection.queryOne(
            """
            SELECT quote_ident(pg_get_userbyid(relowner)) AS owner FROM pg_class
            WHERE oid = 'audit_events'::regclass AND relowner <> current_user::regrole
            """)
        guard let owner = try row?.decode("owner", as: String.self) else { return }
        try connection.execute(SQL(unchecked: "ALTER TABLE audit_events_rebuilt OWNER TO \(owner)"))
    }

    /// Drops the old table and gives its name to the new one.
    func finish() throws {
        try self.connection.execute("DROP INDEX ix_audit_events_rebuilt")
        if self.connection.dialect == .postgres {
            try self.moveSequence()
            // Only now: an owner who revoked their own rights could not have filled the table.
            try Self.revokeAll(self.connection)
        }
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
