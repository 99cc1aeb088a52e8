import Migrations

extension AuditRevisions {
    static let journal = Revision(
        "0001",
        parent: nil,
        title: "the audit journal, and events that stay as they are",
        dependsOn: [Revision.Key(chain: "gateway", revision: "0002")],
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE audit_journal (
                    writer VARCHAR(32) NOT NULL,
                    sequence BIGINT NOT NULL,
                    recorded_at TEXT NOT NULL,
                    kind VARCHAR(16) NOT NULL,
                    request_id VARCHAR(255),
                    event_id VARCHAR(320),
                    body TEXT NOT NULL,
                    previous_hash BLOB NOT NULL,
                    hash BLOB NOT NULL,
                    CONSTRAINT pk_audit_journal PRIMARY KEY (writer, sequence)
                )
                """,
                "CREATE INDEX ix_audit_journal_request_id ON audit_journal (request_id) WHERE request_id IS NOT NULL",
                """
                CREATE TABLE audit_heads (
                    writer VARCHAR(32) NOT NULL,
                    sequence BIGINT NOT NULL,
                    hash BLOB NOT NULL,
                    mac BLOB NOT NULL,
                    CONSTRAINT pk_audit_heads PRIMARY KEY (writer)
                )
                """,
                """
                CREATE TABLE audit_requests (
                    request_id VARCHAR(255) NOT NULL,
                    writer VARCHAR(32) NOT NULL,
                    taken_at TEXT NOT NULL,
                    CONSTRAINT pk_audit_requests PRIMARY KEY (request_id)
                )
                """,
            ] + Self.eventIndexes + [
                """
                CREATE TRIGGER tr_audit_journal_updated BEFORE UPDATE ON audit_journal BEGIN
                    SELECT RAISE(ABORT, 'records of the audit journal are never changed');
                END
                """,
                """
                CREATE TRIGGER tr_audit_journal_deleted BEFORE DELETE ON audit_journal BEGIN
                    SELECT RAISE(ABORT, 'records of the audit journal are never deleted');
                END
                """,
                """
                CREATE TRIGGER tr_audit_journal_replaced BEFORE INSERT ON audit_journal
                WHEN EXISTS (SELECT 1 FROM audit_journal WHERE writer = NEW.writer AND sequence = NEW.sequence) BEGIN
                    SELECT RAISE(ABORT, 'records of the audit journal are never replaced');
                END
                """,
                """
                CREATE TRIGGER tr_audit_heads_updated BEFORE UPDATE ON audit_heads
                WHEN NEW.writer <> OLD.writer OR NEW.sequence <= OLD.sequence BEGIN
                    SELECT RAISE(ABORT, 'a head of the audit journal only moves forwards');
                END
                """,
                """
                CREATE TRIGGER tr_audit_heads_deleted BEFORE DELETE ON audit_heads BEGIN
                    SELECT RAISE(ABORT, 'heads of the audit journal are never deleted');
                END
                """,
                """
                CREATE TRIGGER tr_audit_requests_updated BEFORE UPDATE ON audit_requests BEGIN
                    SELECT RAISE(ABORT, 'request ids that are taken are never changed');
                END
                """,
                """
                CREATE TRIGGER tr_audit_requests_deleted BEFORE DELETE ON audit_requests BEGIN
                    SELECT RAISE(ABORT, 'request ids that are taken are never deleted');
                END
                """,
                """
                CREATE TRIGGER tr_audit_events_updated BEFORE UPDATE ON audit_events BEGIN
                    SELECT RAISE(ABORT, 'audit events are never changed');
                END
                """,
                """
                CREATE TRIGGER tr_audit_events_deleted BEFORE DELETE ON audit_events BEGIN
                    SELECT RAISE(ABORT, 'audit events are never deleted');
                END
                """,
                """
                CREATE TRIGGER tr_audit_events_replaced BEFORE INSERT ON audit_events
                WHEN EXISTS (SELECT 1 FROM audit_events WHERE request_id = NEW.request_id OR id = NEW.id) BEGIN
                    SELECT RAISE(ABORT, 'audit events are never replaced');
                END
                """,
            ],
            down: [
                "DROP TRIGGER tr_audit_events_replaced",
                "DROP TRIGGER tr_audit_events_deleted",
                "DROP TRIGGER tr_audit_events_updated",
                "DROP TRIGGER tr_audit_requests_deleted",
                "DROP TRIGGER tr_audit_requests_updated",
                "DROP TRIGGER tr_audit_heads_deleted",
                "DROP TRIGGER tr_audit_heads_updated",
                "DROP TRIGGER tr_audit_journal_replaced",
                "DROP TRIGGER tr_audit_journal_deleted",
                "DROP TRIGGER tr_audit_journal_updated",
            ] + Self.dropIndexesAndTables
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE audit_journal (
                    writer VARCHAR(32) NOT NULL,
                    sequence BIGINT NOT NULL,
                    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    kind VARCHAR(16) NOT NULL,
                    request_id VARCHAR(255),
                    event_id VARCHAR(320),
                    body TEXT NOT NULL,
                    previous_hash BYTEA NOT NULL,
                    hash BYTEA NOT NULL,
                    CONSTRAINT pk_audit_journal PRIMARY KEY (writer, sequence)
                )
                """,
                "CREATE INDEX ix_audit_journal_request_id ON audit_journal (request_id) WHERE request_id IS NOT NULL",
                """
                CREATE TABLE audit_heads (
                    writer VARCHAR(32) NOT NULL,
                    sequence BIGINT NOT NULL,
                    hash BYTEA NOT NULL,
                    mac BYTEA NOT NULL,
                    CONSTRAINT pk_audit_heads PRIMARY KEY (writer)
                )
                """,
                """
                CREATE TABLE audit_requests (
                    request_id VARCHAR(255) NOT NULL,
                    writer VARCHAR(32) NOT NULL,
                    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT pk_audit_requests PRIMARY KEY (request_id)
                )
                """,
            ] + Self.eventIndexes + [
                """
                CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'rows of % are written once: % is refused', TG_TABLE_NAME, TG_OP;
                END
                $$
                """,
                """
                CREATE TRIGGER tr_audit_journal_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_journal
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
                """,
                """
                CREATE TRIGGER tr_audit_heads_forwards BEFORE UPDATE ON audit_heads
                FOR EACH ROW WHEN (NEW.writer <> OLD.writer OR NEW.sequence <= OLD.sequence)
                EXECUTE FUNCTION refuse_audit_change()
                """,
                """
                CREATE TRIGGER tr_audit_heads_kept BEFORE DELETE OR TRUNCATE ON audit_heads
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
                """,
                """
                CREATE TRIGGER tr_audit_requests_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_requests
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
                """,
                """
                CREATE TRIGGER tr_audit_events_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
                """,
            ],
            down: [
                "DROP TRIGGER tr_audit_events_kept ON audit_events",
                "DROP TRIGGER tr_audit_requests_kept ON audit_requests",
                "DROP TRIGGER tr_audit_heads_kept ON audit_heads",
                "DROP TRIGGER tr_audit_heads_forwards ON audit_heads",
                "DROP TRIGGER tr_audit_journal_kept ON audit_journal",
                "DROP FUNCTION refuse_audit_change()",
            ] + Self.dropIndexesAndTables
        )
    )

    private static let eventIndexes: [StaticString] = [
        "CREATE INDEX ix_audit_events_newest ON audit_events (org_id, timestamp, id)",
        "CREATE INDEX ix_audit_events_newest_of_caller ON audit_events (org_id, caller_id, timestamp, id)",
        "CREATE INDEX ix_audit_events_newest_of_decision ON audit_events (org_id, decision, timestamp, id)",
        "CREATE INDEX ix_audit_events_newest_of_tool ON audit_events (org_id, tool_name, timestamp, id)",
    ]

    private static let dropIndexesAndTables: [StaticString] = [
        "DROP INDEX ix_audit_events_newest_of_tool",
        "DROP INDEX ix_audit_events_newest_of_decision",
        "DROP INDEX ix_audit_events_newest_of_caller",
        "DROP INDEX ix_audit_events_newest",
        "DROP TABLE audit_requests",
        "DROP TABLE audit_heads",
        "DROP INDEX ix_audit_journal_request_id",
        "DROP TABLE audit_journal",
    ]
}
