public import Migrations

/// The tables of keys and callers that the prescribed tables have no room for: chain `auth`.
///
/// Revision `0001` makes
///
/// - `caller_keys`: every key that Gatehouse made, by its public id; the first key of a user is marked `is_primary` and
///   stands in `users.api_key_hash` as well.
/// - `caller_key_changes`: one row with a number that triggers raise whenever a key may have stopped being valid,
///   whichever tool changed the row. Servers poll it and then forget what they remembered of keys.
public enum AuthRevisions {
    /// The chain, whose head is `0001`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "auth", revisions: [Self.callerKeys])
        } catch {
            preconditionFailure("the revisions of keys stand in one line: \(error)")
        }
    }()

    private static let callerKeys = Revision(
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
        )
    )
}
