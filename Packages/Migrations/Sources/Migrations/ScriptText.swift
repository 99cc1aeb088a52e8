import Persistence

/// What a script has around the statements of its revisions.
///
/// Chains, ids and checksums consist of letters, digits and a few signs, so they can stand between quotes as they are.
enum ScriptText {
    /// The lock, the table of records, and how to run the whole.
    static func opening(_ dialect: SQLDialect) -> [String] {
        switch dialect {
        case .sqlite:
            [
                "-- Run with: sqlite3 -bail DATABASE < SCRIPT (-bail stops at the first error), while no migrator runs.",
                "PRAGMA foreign_keys = ON;",
                RevisionTable.creation(dialect).description + ";",
                "CREATE TEMP TABLE gatehouse_guard (",
                "    holds BOOLEAN NOT NULL,",
                "    CONSTRAINT the_database_is_not_in_the_state_that_this_script_was_made_for CHECK (holds)",
                ");",
            ]
        case .postgres:
            // Waiting in pg_advisory_lock would hold a snapshot, for which a CREATE INDEX CONCURRENTLY of the migrator that has
            // the lock would wait in turn; so the script asks once.
            [
                "-- Run with: psql -X -v ON_ERROR_STOP=1 -f SCRIPT, or any tool that keeps to one session and stops at errors.",
                "DO $gatehouse$ BEGIN",
                "    IF NOT pg_try_advisory_lock(\(PostgresLockKey.value)) THEN",
                "        RAISE EXCEPTION 'another migration of this database is running; run this script again afterwards';",
                "    END IF;",
                "END $gatehouse$;",
                RevisionTable.creation(dialect).description + ";",
            ]
        }
    }

    /// The end of the lock.
    static func closing(_ dialect: SQLDialect) -> [String] {
        switch dialect {
        case .sqlite: ["", "DROP TABLE temp.gatehouse_guard;"]
        case .postgres: ["", "SELECT pg_advisory_unlock(\(PostgresLockKey.value));"]
        }
    }

    /// Stops a revision whose predecessor failed, or that ran before.
    static func guarding(_ step: MigrationStep, recordCount: Int, _ dialect: SQLDialect) -> [String] {
        let (chain, revision) = (step.key.chain, step.key.revision)
        let found = "SELECT 1 FROM gatehouse_revisions WHERE chain = '\(chain)' AND revision = '\(revision)'"
        let state =
            "(SELECT count(*) FROM gatehouse_revisions) = \(recordCount)"
            + " AND \(step.direction == .up ? "NOT EXISTS" : "EXISTS") (\(found))"
        switch dialect {
        case .sqlite:
            return ["INSERT INTO temp.gatehouse_guard (holds) SELECT \(state);"]
        case .postgres:
            return [
                "DO $gatehouse$ BEGIN",
                "    IF NOT (\(state)) THEN",
                "        RAISE EXCEPTION 'revision \(step.key) finds another state than the one this script was made for';",
                "    END IF;",
                "END $gatehouse$;",
            ]
        }
    }

    /// On SQLite a change of the schema itself is checked after the fact, as a migrator does it.
    static let soundForeignKeys =
        "INSERT INTO temp.gatehouse_guard (holds) SELECT NOT EXISTS (SELECT 1 FROM pragma_foreign_key_check);"

    static func recording(of step: MigrationStep, position: Int, _ dialect: SQLDialect) -> String {
        let (chain, revision) = (step.key.chain, step.key.revision)
        switch step.direction {
        case .down:
            return "DELETE FROM gatehouse_revisions WHERE chain = '\(chain)' AND revision = '\(revision)';"
        case .up:
            let now =
                switch dialect {
                case .sqlite: "strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'"
                case .postgres: "now()"
                }
            return """
                INSERT INTO gatehouse_revisions (chain, revision, checksum, applied_at, duration_ms, position)
                VALUES ('\(chain)', '\(revision)', '\(step.checksum)', \(now), 0, \(position));
                """
        }
    }
}
