import Migrations

extension AuthRevisions {
    /// A change of `moderators` is counted as a change of keys, so that servers forget what they remembered of the user.
    ///
    /// Databases that a later release of the older tool left say in `users.is_moderator` who moderates; those users still do.
    ///
    /// - Warning: On the way down `moderators` is gone, and up again it is what that column says.
    static let usersRoles = Revision(
        "0006",
        parent: "0005",
        title: "users who moderate, and the users that gateway callers write as",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE moderators (
                    user_id CHAR(36) NOT NULL,
                    created_at TEXT NOT NULL,
                    CONSTRAINT pk_moderators PRIMARY KEY (user_id),
                    CONSTRAINT fk_moderators_user_id_users FOREIGN KEY (user_id) REFERENCES users (id)
                )
                """,
                """
                CREATE TRIGGER tr_moderators_added AFTER INSERT ON moderators BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TRIGGER tr_moderators_changed AFTER UPDATE ON moderators BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TRIGGER tr_moderators_removed AFTER DELETE ON moderators BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TABLE caller_users (
                    caller_id VARCHAR NOT NULL,
                    user_id CHAR(36) NOT NULL,
                    created_at TEXT NOT NULL,
                    CONSTRAINT pk_caller_users PRIMARY KEY (caller_id),
                    CONSTRAINT uq_caller_users_user_id UNIQUE (user_id),
                    CONSTRAINT fk_caller_users_user_id_users FOREIGN KEY (user_id) REFERENCES users (id)
                )
                """,
            ],
            down: Self.drops
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE moderators (
                    user_id UUID NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    CONSTRAINT pk_moderators PRIMARY KEY (user_id),
                    CONSTRAINT fk_moderators_user_id_users FOREIGN KEY (user_id) REFERENCES users (id)
                )
                """,
                """
                DO $$
                BEGIN
                    IF EXISTS (
                        SELECT 1 FROM pg_attribute
                        WHERE attrelid = 'users'::regclass AND attname = 'is_moderator' AND NOT attisdropped
                    ) THEN
                        INSERT INTO moderators (user_id) SELECT id FROM users WHERE is_moderator;
                    END IF;
                END
                $$
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_moderators_changed AFTER INSERT OR UPDATE OR DELETE ON moderators
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE TRIGGER tr_moderators_truncated AFTER TRUNCATE ON moderators
                FOR EACH STATEMENT EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE TABLE caller_users (
                    caller_id VARCHAR NOT NULL,
                    user_id UUID NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT pk_caller_users PRIMARY KEY (caller_id),
                    CONSTRAINT uq_caller_users_user_id UNIQUE (user_id),
                    CONSTRAINT fk_caller_users_user_id_users FOREIGN KEY (user_id) REFERENCES users (id)
                )
                """,
            ],
            down: Self.drops
        )
    )

    private static let drops: [StaticString] = ["DROP TABLE caller_users", "DROP TABLE moderators"]
}
