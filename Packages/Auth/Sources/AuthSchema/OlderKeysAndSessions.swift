import Migrations

extension AuthRevisions {
    /// Candidates are numbered in the order in which their transactions commit: on PostgreSQL whoever draws a number holds the
    /// row of `caller_key_changes` until then. So whoever has seen a number has seen all smaller ones.
    static let olderKeysAndSessions = Revision(
        "0003",
        parent: "0002",
        title: "keys that other tools hashed, rotation, and sessions of administrators",
        sqlite: Revision.Script(
            up: [
                "ALTER TABLE caller_keys ADD COLUMN replaced_by VARCHAR(32)",
                """
                CREATE TABLE caller_key_candidates (
                    number INTEGER NOT NULL CONSTRAINT pk_caller_key_candidates PRIMARY KEY AUTOINCREMENT,
                    api_key_id INTEGER NOT NULL,
                    CONSTRAINT uq_caller_key_candidates_api_key_id UNIQUE (api_key_id)
                )
                """,
                Self.firstCandidates,
                """
                CREATE TRIGGER tr_api_keys_candidate_added AFTER INSERT ON api_keys BEGIN
                    DELETE FROM caller_key_candidates WHERE api_key_id = NEW.id;
                    INSERT INTO caller_key_candidates (api_key_id)
                    SELECT a.id FROM api_keys a WHERE a.id = NEW.id AND a.is_active AND NOT EXISTS (
                        SELECT 1 FROM caller_keys k WHERE k.owner_kind = 'gateway_caller' AND k.owner_id = a.caller_id
                            AND k.key_hash = a.key_hash);
                    -- INSERT OR REPLACE takes the place of a row without telling the trigger on deletions.
                    UPDATE caller_key_changes SET changes = changes + 1 WHERE EXISTS (
                        SELECT 1 FROM caller_keys k WHERE k.owner_kind = 'gateway_caller' AND k.owner_id = NEW.caller_id
                            AND k.key_hash IS NOT NEW.key_hash);
                END
                """,
                """
                CREATE TRIGGER tr_api_keys_candidate_changed AFTER UPDATE OF id, caller_id, key_hash, is_active ON api_keys
                WHEN NEW.id <> OLD.id OR NEW.caller_id <> OLD.caller_id OR NEW.key_hash <> OLD.key_hash
                    OR NEW.is_active <> OLD.is_active
                BEGIN
                    DELETE FROM caller_key_candidates WHERE api_key_id = OLD.id;
                    DELETE FROM caller_key_candidates WHERE api_key_id = NEW.id;
                    INSERT INTO caller_key_candidates (api_key_id)
                    SELECT a.id FROM api_keys a WHERE a.id = NEW.id AND a.is_active AND NOT EXISTS (
                        SELECT 1 FROM caller_keys k WHERE k.owner_kind = 'gateway_caller' AND k.owner_id = a.caller_id
                            AND k.key_hash = a.key_hash);
                END
                """,
                """
                CREATE TRIGGER tr_api_keys_candidate_deleted AFTER DELETE ON api_keys BEGIN
                    DELETE FROM caller_key_candidates WHERE api_key_id = OLD.id;
                END
                """,
                """
                CREATE TABLE admin_sessions (
                    digest VARCHAR(64) NOT NULL,
                    key_id VARCHAR(32) NOT NULL,
                    created_at TEXT NOT NULL,
                    expires_at TEXT NOT NULL,
                    CONSTRAINT pk_admin_sessions PRIMARY KEY (digest)
                )
                """,
                "CREATE INDEX ix_admin_sessions_key_id ON admin_sessions (key_id, created_at)",
                "CREATE INDEX ix_admin_sessions_expires_at ON admin_sessions (expires_at)",
                """
                CREATE TRIGGER tr_admin_sessions_changed AFTER UPDATE ON admin_sessions BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                // What has expired is removed without emptying every memory.
                """
                CREATE TRIGGER tr_admin_sessions_deleted AFTER DELETE ON admin_sessions
                WHEN OLD.expires_at > strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'
                BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
            ],
            down: [
                "DROP TRIGGER tr_admin_sessions_deleted",
                "DROP TRIGGER tr_admin_sessions_changed",
                "DROP INDEX ix_admin_sessions_expires_at",
                "DROP INDEX ix_admin_sessions_key_id",
                "DROP TABLE admin_sessions",
                "DROP TRIGGER tr_api_keys_candidate_deleted",
                "DROP TRIGGER tr_api_keys_candidate_changed",
                "DROP TRIGGER tr_api_keys_candidate_added",
                "DROP TABLE caller_key_candidates",
                "ALTER TABLE caller_keys DROP COLUMN replaced_by",
            ]
        ),
        postgres: Revision.Script(
            up: [
                "ALTER TABLE caller_keys ADD COLUMN replaced_by VARCHAR(32)",
                """
                CREATE TABLE caller_key_candidates (
                    number BIGSERIAL NOT NULL,
                    api_key_id INTEGER NOT NULL,
                    CONSTRAINT pk_caller_key_candidates PRIMARY KEY (number),
                    CONSTRAINT uq_caller_key_candidates_api_key_id UNIQUE (api_key_id)
                )
                """,
                Self.firstCandidates,
                // The row is taken at the commit, once, as for the count of changes, and without a new version of it: a
                // hundred thousand rows in one transaction stay cheap.
                """
                CREATE FUNCTION note_caller_key_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    transaction_id text := pg_current_xact_id()::text;
                BEGIN
                    IF current_setting('gatehouse.numbering_transaction', true) IS DISTINCT FROM transaction_id THEN
                        EXECUTE format('SELECT 1 FROM %I.caller_key_changes FOR UPDATE', TG_TABLE_SCHEMA);
                        PERFORM set_config('gatehouse.numbering_transaction', transaction_id, true);
                    END IF;
                    EXECUTE format('DELETE FROM %I.caller_key_candidates WHERE api_key_id = $1', TG_TABLE_SCHEMA) USING NEW.id;
                    EXECUTE format(
                        'INSERT INTO %1$I.caller_key_candidates (api_key_id)
                        SELECT a.id FROM %1$I.api_keys a WHERE a.id = $1 AND a.is_active AND NOT EXISTS (
                            SELECT 1 FROM %1$I.caller_keys k WHERE k.owner_kind = ''gateway_caller''
                                AND k.owner_id = a.caller_id AND k.key_hash = a.key_hash)', TG_TABLE_SCHEMA) USING NEW.id;
                    RETURN NULL;
                END
                $$
                """,
                """
                CREATE FUNCTION drop_caller_key_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP = 'TRUNCATE' THEN
                        EXECUTE format('DELETE FROM %I.caller_key_candidates', TG_TABLE_SCHEMA);
                    ELSE
                        EXECUTE format('DELETE FROM %I.caller_key_candidates WHERE api_key_id = $1', TG_TABLE_SCHEMA)
                            USING OLD.id;
                    END IF;
                    RETURN NULL;
                END
                $$
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_api_keys_candidate_added AFTER INSERT ON api_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_caller_key_candidate()
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_api_keys_candidate_changed
                AFTER UPDATE OF id, caller_id, key_hash, is_active ON api_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                WHEN (NEW.id <> OLD.id OR NEW.caller_id <> OLD.caller_id OR NEW.key_hash <> OLD.key_hash
                    OR NEW.is_active <> OLD.is_active)
                EXECUTE FUNCTION note_caller_key_candidate()
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_api_keys_candidate_deleted AFTER DELETE ON api_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION drop_caller_key_candidate()
                """,
                """
                CREATE TRIGGER tr_api_keys_candidates_truncated AFTER TRUNCATE ON api_keys
                FOR EACH STATEMENT EXECUTE FUNCTION drop_caller_key_candidate()
                """,
                """
                CREATE TABLE admin_sessions (
                    digest VARCHAR(64) NOT NULL,
                    key_id VARCHAR(32) NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT pk_admin_sessions PRIMARY KEY (digest)
                )
                """,
                "CREATE INDEX ix_admin_sessions_key_id ON admin_sessions (key_id, created_at)",
                "CREATE INDEX ix_admin_sessions_expires_at ON admin_sessions (expires_at)",
                """
                CREATE CONSTRAINT TRIGGER tr_admin_sessions_changed AFTER UPDATE ON admin_sessions
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                // What has expired is removed without emptying every memory.
                """
                CREATE CONSTRAINT TRIGGER tr_admin_sessions_deleted AFTER DELETE ON admin_sessions
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.expires_at > clock_timestamp())
                EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE TRIGGER tr_admin_sessions_truncated AFTER TRUNCATE ON admin_sessions
                FOR EACH STATEMENT EXECUTE FUNCTION count_caller_key_change()
                """,
            ],
            down: [
                "DROP TRIGGER tr_admin_sessions_truncated ON admin_sessions",
                "DROP TRIGGER tr_admin_sessions_deleted ON admin_sessions",
                "DROP TRIGGER tr_admin_sessions_changed ON admin_sessions",
                "DROP INDEX ix_admin_sessions_expires_at",
                "DROP INDEX ix_admin_sessions_key_id",
                "DROP TABLE admin_sessions",
                "DROP TRIGGER tr_api_keys_candidates_truncated ON api_keys",
                "DROP TRIGGER tr_api_keys_candidate_deleted ON api_keys",
                "DROP TRIGGER tr_api_keys_candidate_changed ON api_keys",
                "DROP TRIGGER tr_api_keys_candidate_added ON api_keys",
                "DROP FUNCTION drop_caller_key_candidate()",
                "DROP FUNCTION note_caller_key_candidate()",
                "DROP TABLE caller_key_candidates",
                "ALTER TABLE caller_keys DROP COLUMN replaced_by",
            ]
        )
    )

    /// The rows that stand there already.
    private static let firstCandidates: StaticString = """
        INSERT INTO caller_key_candidates (api_key_id)
        SELECT a.id FROM api_keys a WHERE a.is_active AND NOT EXISTS (
            SELECT 1 FROM caller_keys k WHERE k.owner_kind = 'gateway_caller' AND k.owner_id = a.caller_id
                AND k.key_hash = a.key_hash)
        ORDER BY a.id
        """
}
