import Persistence

/// One line of the table in which a database says what was done to it.
struct RevisionRecord: Sendable {
    let key: Revision.Key
    let checksum: String
    let appliedAt: Timestamp
    let position: Int

    init(_ row: Row) throws(PersistenceError) {
        self.key = Revision.Key(chain: try row.decode("chain"), revision: try row.decode("revision"))
        self.checksum = try row.decode("checksum")
        self.appliedAt = try row.decode("applied_at")
        self.position = try row.decode("position")
    }
}

/// The table `gatehouse_revisions`: what was applied, in which order.
///
/// | chain | revision | checksum | applied_at | duration_ms | position |
/// | --- | --- | --- | --- | --- | --- |
/// | `commons` | `a1b2c3d4e5f6` | 64 hexadecimal digits | `2026-11-20T21:52:36.972357Z` | 3 | 1 |
enum RevisionTable {
    static func creation(_ dialect: SQLDialect) -> SQL {
        let instant: SQL =
            switch dialect {
            case .sqlite: "TEXT"
            case .postgres: "TIMESTAMP WITH TIME ZONE"
            }
        return """
            CREATE TABLE IF NOT EXISTS gatehouse_revisions (
                chain VARCHAR(64) NOT NULL,
                revision VARCHAR(64) NOT NULL,
                checksum VARCHAR(64) NOT NULL,
                applied_at \(instant) NOT NULL,
                duration_ms BIGINT NOT NULL,
                position BIGINT NOT NULL,
                CONSTRAINT pk_gatehouse_revisions PRIMARY KEY (chain, revision),
                CONSTRAINT uq_gatehouse_revisions_position UNIQUE (position)
            )
            """
    }

    /// All records in the order of application; none if the table does not exist yet.
    static func records(_ connection: any DatabaseConnection) throws(PersistenceError) -> [RevisionRecord] {
        guard try self.exists(connection) else { return [] }
        let rows = try connection.query(
            "SELECT chain, revision, checksum, applied_at, position FROM gatehouse_revisions ORDER BY position")
        return try rows.map { row throws(PersistenceError) in try RevisionRecord(row) }
    }

    static func exists(_ connection: any DatabaseConnection) throws(PersistenceError) -> Bool {
        let question: SQL =
            switch connection.dialect {
            case .sqlite: "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'gatehouse_revisions'"
            // Not the first of the search path that has the name, but the schema in which tables are created.
            case .postgres:
                "SELECT 1 AS found WHERE to_regclass(quote_ident(current_schema()) || '.gatehouse_revisions') IS NOT NULL"
            }
        return try connection.queryOne(question) != nil
    }

    /// Makes the table where it is missing, outside of a transaction.
    static func create(_ connection: any DatabaseConnection) throws(PersistenceError) {
        do {
            try connection.execute(self.creation(connection.dialect))
        } catch {
            // Two of these at once collide on PostgreSQL in spite of IF NOT EXISTS; the table is then there.
            guard try self.exists(connection) else { throw error }
        }
    }

    /// Lets nobody else write records until the transaction ends, not even a migrator that holds no lock.
    static func lock(_ connection: any DatabaseConnection) throws(PersistenceError) {
        guard connection.dialect == .postgres else { return }
        try connection.execute("LOCK TABLE gatehouse_revisions IN EXCLUSIVE MODE")
    }

    /// The position of the newest record, 0 if there is none.
    static func lastPosition(_ connection: any DatabaseConnection) throws(PersistenceError) -> Int {
        let row = try connection.queryOne("SELECT coalesce(max(position), 0) AS last FROM gatehouse_revisions")
        return try row?.decode("last") ?? 0
    }

    static func insertion(_ step: MigrationStep, at instant: Timestamp, duration: Duration, position: Int) -> SQL {
        let milliseconds = Int(clamping: Int64(duration / .milliseconds(1)))
        return """
            INSERT INTO gatehouse_revisions (chain, revision, checksum, applied_at, duration_ms, position)
            VALUES (\(step.key.chain), \(step.key.revision), \(step.checksum), \(instant), \(milliseconds), \(position))
            """
    }

    static func deletion(_ key: Revision.Key) -> SQL {
        "DELETE FROM gatehouse_revisions WHERE chain = \(key.chain) AND revision = \(key.revision)"
    }
}
