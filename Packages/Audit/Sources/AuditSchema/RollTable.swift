import Migrations

extension AuditRevisions {
    static let roll = Revision(
        "0003",
        parent: "0002",
        title: "the roll of audit writers, and sums of archived events",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE audit_roll (
                    number BIGINT NOT NULL,
                    writer VARCHAR(32),
                    events BLOB,
                    registered_at TEXT NOT NULL,
                    previous_hash BLOB NOT NULL,
                    hash BLOB NOT NULL,
                    CONSTRAINT pk_audit_roll PRIMARY KEY (number),
                    CONSTRAINT uq_audit_roll_writer UNIQUE (writer)
                )
                """,
                "ALTER TABLE audit_segments ADD COLUMN events BLOB",
                """
                CREATE TRIGGER tr_audit_roll_updated BEFORE UPDATE ON audit_roll BEGIN
                    SELECT RAISE(ABORT, 'lines of the audit roll are never changed');
                END
                """,
                """
                CREATE TRIGGER tr_audit_roll_deleted BEFORE DELETE ON audit_roll BEGIN
                    SELECT RAISE(ABORT, 'lines of the audit roll are never deleted');
                END
                """,
                """
                CREATE TRIGGER tr_audit_roll_replaced BEFORE INSERT ON audit_roll
                WHEN EXISTS (SELECT 1 FROM audit_roll WHERE number = NEW.number OR writer = NEW.writer) BEGIN
                    SELECT RAISE(ABORT, 'lines of the audit roll are never replaced');
                END
                """,
            ],
            down: Self.refuseToForgetArchivedEvents + [
                "DROP TRIGGER tr_audit_roll_replaced",
                "DROP TRIGGER tr_audit_roll_deleted",
                "DROP TRIGGER tr_audit_roll_updated",
                "ALTER TABLE audit_segments DROP COLUMN events",
                "DROP TRIGGER tr_audit_heads_deleted",
                "DELETE FROM audit_heads WHERE writer = 'roll'",
                """
                CREATE TRIGGER tr_audit_heads_deleted BEFORE DELETE ON audit_heads BEGIN
                    SELECT RAISE(ABORT, 'heads of the audit journal are never deleted');
                END
                """,
                "DROP TABLE audit_roll",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE audit_roll (
                    number BIGINT NOT NULL,
                    writer VARCHAR(32),
                    events BYTEA,
                    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    previous_hash BYTEA NOT NULL,
                    hash BYTEA NOT NULL,
                    CONSTRAINT pk_audit_roll PRIMARY KEY (number),
                    CONSTRAINT uq_audit_roll_writer UNIQUE (writer)
                )
                """,
                "ALTER TABLE audit_segments ADD COLUMN events BYTEA",
                """
                CREATE TRIGGER tr_audit_roll_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_roll
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
                """,
            ],
            down: Self.refuseToForgetArchivedEvents + [
                "DROP TRIGGER tr_audit_roll_kept ON audit_roll",
                "ALTER TABLE audit_segments DROP COLUMN events",
                "ALTER TABLE audit_heads DISABLE TRIGGER tr_audit_heads_kept",
                "DELETE FROM audit_heads WHERE writer = 'roll'",
                "ALTER TABLE audit_heads ENABLE TRIGGER tr_audit_heads_kept",
                "DROP TABLE audit_roll",
            ]
        )
    )

    /// The code of a segment is over its sum of events too, so without that the segment would look changed.
    private static let refuseToForgetArchivedEvents: [StaticString] = [
        """
        CREATE TABLE audit_sums_left (
            segments BIGINT, CONSTRAINT ck_audit_segments_have_sums CHECK (segments = 0))
        """,
        "INSERT INTO audit_sums_left SELECT count(*) FROM audit_segments WHERE events IS NOT NULL",
        "DROP TABLE audit_sums_left",
    ]
}
