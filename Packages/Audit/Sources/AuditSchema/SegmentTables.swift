import Migrations

extension AuditRevisions {
    static let segments = Revision(
        "0002",
        parent: "0001",
        title: "archived segments, requests that are open, and writers that are alive",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE audit_segments (
                    writer VARCHAR(32) NOT NULL,
                    first_sequence BIGINT NOT NULL,
                    last_sequence BIGINT NOT NULL,
                    previous_hash BLOB NOT NULL,
                    last_hash BLOB NOT NULL,
                    file VARCHAR(255) NOT NULL,
                    digest BLOB NOT NULL,
                    archived_at TEXT NOT NULL,
                    mac BLOB NOT NULL,
                    CONSTRAINT pk_audit_segments PRIMARY KEY (writer, first_sequence)
                )
                """,
                """
                CREATE TABLE audit_writers (
                    writer VARCHAR(32) NOT NULL,
                    seen_at TEXT NOT NULL,
                    ended_at TEXT,
                    CONSTRAINT pk_audit_writers PRIMARY KEY (writer)
                )
                """,
                """
                CREATE TABLE audit_open_requests (
                    writer VARCHAR(32) NOT NULL,
                    request_id VARCHAR(255) NOT NULL,
                    sequence BIGINT NOT NULL,
                    taken_at TEXT NOT NULL,
                    CONSTRAINT pk_audit_open_requests PRIMARY KEY (writer, request_id)
                )
                """,
                Self.findOpenRequests,
                """
                CREATE TRIGGER tr_audit_segments_inserted BEFORE INSERT ON audit_segments
                WHEN NEW.first_sequence <> (
                        SELECT coalesce(max(last_sequence), 0) + 1 FROM audit_segments WHERE writer = NEW.writer)
                    OR NEW.last_sequence < NEW.first_sequence
                    OR NOT EXISTS (
                        SELECT 1 FROM audit_journal
                        WHERE writer = NEW.writer AND sequence = NEW.last_sequence AND hash = NEW.last_hash)
                BEGIN
                    SELECT RAISE(ABORT, 'a segment goes on where the one before ended, and ends with a record');
                END
                """,
                """
                CREATE TRIGGER tr_audit_segments_updated BEFORE UPDATE ON audit_segments BEGIN
                    SELECT RAISE(ABORT, 'segments of the audit journal are never changed');
                END
                """,
                """
                CREATE TRIGGER tr_audit_segments_deleted BEFORE DELETE ON audit_segments BEGIN
                    SELECT RAISE(ABORT, 'segments of the audit journal are never deleted');
                END
                """,
                "DROP TRIGGER tr_audit_journal_deleted",
                """
                CREATE TRIGGER tr_audit_journal_deleted BEFORE DELETE ON audit_journal
                WHEN NOT EXISTS (
                    SELECT 1 FROM audit_segments
                    WHERE writer = OLD.writer AND first_sequence <= OLD.sequence AND last_sequence >= OLD.sequence)
                BEGIN
                    SELECT RAISE(ABORT, 'records of the audit journal are never deleted unless they are archived');
                END
                """,
            ],
            down: Self.refuseToForget + [
                "DROP TRIGGER tr_audit_journal_deleted",
                """
                CREATE TRIGGER tr_audit_journal_deleted BEFORE DELETE ON audit_journal BEGIN
                    SELECT RAISE(ABORT, 'records of the audit journal are never deleted');
                END
                """,
                "DROP TRIGGER tr_audit_segments_deleted",
                "DROP TRIGGER tr_audit_segments_updated",
                "DROP TRIGGER tr_audit_segments_inserted",
            ] + Self.dropSegmentTables
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE audit_segments (
                    writer VARCHAR(32) NOT NULL,
                    first_sequence BIGINT NOT NULL,
                    last_sequence BIGINT NOT NULL,
                    previous_hash BYTEA NOT NULL,
                    last_hash BYTEA NOT NULL,
                    file VARCHAR(255) NOT NULL,
                    digest BYTEA NOT NULL,
                    archived_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    mac BYTEA NOT NULL,
                    CONSTRAINT pk_audit_segments PRIMARY KEY (writer, first_sequence)
                )
                """,
                """
                CREATE TABLE audit_writers (
                    writer VARCHAR(32) NOT NULL,
                    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    ended_at TIMESTAMP WITH TIME ZONE,
                    CONSTRAINT pk_audit_writers PRIMARY KEY (writer)
                )
                """,
                """
                CREATE TABLE audit_open_requests (
                    writer VARCHAR(32) NOT NULL,
                    request_id VARCHAR(255) NOT NULL,
                    sequence BIGINT NOT NULL,
                    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT pk_audit_open_requests PRIMARY KEY (writer, request_id)
                )
                """,
                Self.findOpenRequests,
                // The schema is that of the table, so that nobody can put a temporary table in the place of the segments.
                """
                CREATE FUNCTION check_audit_segment() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    is_next boolean;
                BEGIN
                    EXECUTE format(
                        'SELECT $1 = coalesce(max(last_sequence), 0) + 1 FROM %I.audit_segments WHERE writer = $2',
                        TG_TABLE_SCHEMA) INTO is_next USING NEW.first_sequence, NEW.writer;
                    IF is_next AND NEW.last_sequence >= NEW.first_sequence THEN
                        EXECUTE format(
                            'SELECT EXISTS (SELECT 1 FROM %I.audit_journal WHERE writer = $1 AND sequence = $2 AND hash = $3)',
                            TG_TABLE_SCHEMA) INTO is_next USING NEW.writer, NEW.last_sequence, NEW.last_hash;
                        IF is_next THEN RETURN NEW; END IF;
                    END IF;
                    RAISE EXCEPTION 'a segment goes on where the one before ended, and ends with a record';
                END
                $$
                """,
                """
                CREATE FUNCTION check_audit_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    is_archived boolean;
                BEGIN
                    EXECUTE format(
                        'SELECT EXISTS (SELECT 1 FROM %I.audit_segments
                            WHERE writer = $1 AND first_sequence <= $2 AND last_sequence >= $2)',
                        TG_TABLE_SCHEMA) INTO is_archived USING OLD.writer, OLD.sequence;
                    IF is_archived THEN RETURN OLD; END IF;
                    RAISE EXCEPTION 'records of the audit journal are never deleted unless they are archived';
                END
                $$
                """,
                """
                CREATE TRIGGER tr_audit_segments_next BEFORE INSERT ON audit_segments
                FOR EACH ROW EXECUTE FUNCTION check_audit_segment()
                """,
                """
                CREATE TRIGGER tr_audit_segments_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_segments
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
                """,
                "DROP TRIGGER tr_audit_journal_kept ON audit_journal",
                """
                CREATE TRIGGER tr_audit_journal_kept BEFORE UPDATE OR TRUNCATE ON audit_journal
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
                """,
                """
                CREATE TRIGGER tr_audit_journal_archived BEFORE DELETE ON audit_journal
                FOR EACH ROW EXECUTE FUNCTION check_audit_deletion()
                """,
            ],
            down: Self.refuseToForget + [
                "DROP TRIGGER tr_audit_journal_archived ON audit_journal",
                "DROP TRIGGER tr_audit_journal_kept ON audit_journal",
                """
                CREATE TRIGGER tr_audit_journal_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_journal
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
                """,
                "DROP TRIGGER tr_audit_segments_kept ON audit_segments",
                "DROP TRIGGER tr_audit_segments_next ON audit_segments",
                "DROP FUNCTION check_audit_deletion()",
                "DROP FUNCTION check_audit_segment()",
            ] + Self.dropSegmentTables
        )
    )

    /// Requests that earlier programs left without an end.
    private static let findOpenRequests: StaticString =
        """
        INSERT INTO audit_open_requests (writer, request_id, sequence, taken_at)
        SELECT writer, request_id, sequence, recorded_at FROM audit_journal
        WHERE kind = 'intent' AND request_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM audit_events WHERE audit_events.request_id = audit_journal.request_id)
        """

    /// Without its segments a journal looks like one whose beginning was cut off, so the way down ends where there is one.
    private static let refuseToForget: [StaticString] = [
        """
        CREATE TABLE audit_segments_left (
            segments BIGINT, CONSTRAINT ck_audit_segments_are_archived_records CHECK (segments = 0))
        """,
        "INSERT INTO audit_segments_left SELECT count(*) FROM audit_segments",
        "DROP TABLE audit_segments_left",
    ]

    private static let dropSegmentTables: [StaticString] = [
        "DROP TABLE audit_open_requests",
        "DROP TABLE audit_writers",
        "DROP TABLE audit_segments",
    ]
}
