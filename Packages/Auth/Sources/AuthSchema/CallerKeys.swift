import Migrations

extension AuthRevisions {
    static let callerKeys = Revision(
        "0001",
        parent: nil,
        title: "keys of callers, and a count of changes to them",
        dependsOn: [Revision.Key(chain: "commons", revision: "b2c3d4e5f6a7")],
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE caller_keys (
                    id VARCHAR(32) NOT NULL,
                    digest VARCHAR(64) NOT NULL,
                    owner_kind VARCHAR(20) NOT NULL,
                    owner_id VARCHAR(255) NOT NULL,
                    is_primary BOOLEAN NOT NULL DEFAULT 0,
                    label VARCHAR(100),
                    person VARCHAR(255),
                    scopes TEXT,
                    created_at TEXT NOT NULL,
                    expires_at TEXT,
                    revoked_at TEXT,
                    last_used_at TEXT,
                    CONSTRAINT pk_caller_keys PRIMARY KEY (id),
                    CONSTRAINT uq_caller_keys_digest UNIQUE (digest),
                    CONSTRAINT ck_caller_keys_owner_kind CHECK (owner_kind IN ('user', 'gateway_caller'))
                )
                """,
                "CREATE INDEX ix_caller_keys_owner ON caller_keys (owner_kind, owner_id)",
                """
                CREATE TABLE caller_key_changes (
                    id INTEGER NOT NULL,
                    changes BIGINT NOT NULL,
                    CONSTRAINT pk_caller_key_changes PRIMARY KEY (id),
                    CONSTRAINT ck_caller_key_changes_id CHECK (id = 1)
                )
                """,
                "INSERT INTO caller_key_changes (id, changes) VALUES (1, 0)",
                """
                CREATE TRIGGER tr_caller_keys_changed AFTER UPDATE OF digest, owner_id, is_primary, person, scopes, expires_at, revoked_at
                ON caller_keys BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TRIGGER tr_caller_keys_deleted AFTER DELETE ON caller_keys BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TRIGGER tr_users_key_changed AFTER UPDATE OF id, api_key_hash ON users BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TRIGGER tr_users_deleted AFTER DELETE ON users BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
            ],
            down: [
                "DROP TRIGGER tr_users_deleted",
                "DROP TRIGGER tr_users_key_changed",
                "DROP TRIGGER tr_caller_keys_deleted",
                "DROP TRIGGER tr_caller_keys_changed",
                "DROP TABLE caller_key_changes",
                "DROP INDEX ix_caller_keys_owner",
                "DROP TABLE caller_keys",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE caller_keys (
                    id VARCHAR(32) NOT NULL,
                    digest VARCHAR(64) NOT NULL,
                    owner_kind VARCHAR(20) NOT NULL,
                    owner_id VARCHAR(255) NOT NULL,
                    is_primary BOOLEAN NOT NULL DEFAULT FALSE,
                    label VARCHAR(100),
                    person VARCHAR(255),
                    scopes JSONB,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    expires_at TIMESTAMP WITH TIME ZONE,
                    revoked_at TIMESTAMP WITH TIME ZONE,
                    last_used_at TIMESTAMP WITH TIME ZONE,
                    CONSTRAINT pk_caller_keys PRIMARY KEY (id),
                    CONSTRAINT uq_caller_keys_digest UNIQUE (digest),
                    CONSTRAINT ck_caller_keys_owner_kind CHECK (owner_kind IN ('user', 'gateway_caller'))
                )
                """,
                "CREATE INDEX ix_caller_keys_owner ON caller_keys (owner_kind, owner_id)",
                """
                CREATE TABLE caller_key_changes (
                    id INTEGER NOT NULL,
                    changes BIGINT NOT NULL,
                    CONSTRAINT pk_caller_key_changes PRIMARY KEY (id),
                    CONSTRAINT ck_caller_key_changes_id CHECK (id = 1)
                )
                """,
                "INSERT INTO caller_key_changes (id, changes) VALUES (1, 0)",
                // All writers meet at the one row, so it is raised at the commit, when they need no other row any more (no
                // two of them can wait for each other), and once for a transaction, as nobody sees the number before.
                """
                CREATE FUNCTION count_caller_key_change() RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    transaction_id text := pg_current_xact_id()::text;
                BEGIN
                    IF current_setting('gatehouse.counted_transaction', true) IS DISTINCT FROM transaction_id THEN
                        EXECUTE format('UPDATE %I.caller_key_changes SET changes = changes + 1', TG_TABLE_SCHEMA);
                        PERFORM pg_notify('gatehouse_caller_keys', '');
                        PERFORM set_config('gatehouse.counted_transaction', transaction_id, true);
                    END IF;
                    RETURN NULL;
                END
                $$
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_caller_keys_changed
                AFTER UPDATE OF digest, owner_id, is_primary, person, scopes, expires_at, revoked_at ON caller_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_caller_keys_deleted AFTER DELETE ON caller_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE TRIGGER tr_caller_keys_truncated AFTER TRUNCATE ON caller_keys
                FOR EACH STATEMENT EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_users_key_changed AFTER UPDATE OF id, api_key_hash ON users
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_users_deleted AFTER DELETE ON users
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE TRIGGER tr_users_truncated AFTER TRUNCATE ON users
                FOR EACH STATEMENT EXECUTE FUNCTION count_caller_key_change()
                """,
            ],
            down: [
                "DROP TRIGGER tr_users_truncated ON users",
                "DROP TRIGGER tr_users_deleted ON users",
                "DROP TRIGGER tr_users_key_changed ON users",
                "DROP TRIGGER tr_caller_keys_truncated ON caller_keys",
                "DROP TRIGGER tr_caller_keys_deleted ON caller_keys",
                "DROP TRIGGER tr_caller_keys_changed ON caller_keys",
                "DROP FUNCTION count_caller_key_change()",
                "DROP TABLE caller_key_changes",
                "DROP INDEX ix_caller_keys_owner",
                "DROP TABLE caller_keys",
            ]
        )
    )
}
