import Migrations

extension AuthRevisions {
    /// Sessions are looked up each time and never remembered; so their end is nothing that memories would have to be emptied for,
    /// and who opens and ends sessions cannot make servers look up everybody's keys again.
    static let unrememberedSessions = Revision(
        "0004",
        parent: "0003",
        title: "the end of a session empties no memory of keys",
        sqlite: Revision.Script(
            up: [
                "DROP TRIGGER tr_admin_sessions_deleted",
                "DROP TRIGGER tr_admin_sessions_changed",
            ],
            down: [
                """
                CREATE TRIGGER tr_admin_sessions_changed AFTER UPDATE ON admin_sessions BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TRIGGER tr_admin_sessions_deleted AFTER DELETE ON admin_sessions
                WHEN OLD.expires_at > strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'
                BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
            ]
        ),
        postgres: Revision.Script(
            up: [
                "DROP TRIGGER tr_admin_sessions_truncated ON admin_sessions",
                "DROP TRIGGER tr_admin_sessions_deleted ON admin_sessions",
                "DROP TRIGGER tr_admin_sessions_changed ON admin_sessions",
            ],
            down: [
                """
                CREATE CONSTRAINT TRIGGER tr_admin_sessions_changed AFTER UPDATE ON admin_sessions
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_admin_sessions_deleted AFTER DELETE ON admin_sessions
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.expires_at > clock_timestamp())
                EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE TRIGGER tr_admin_sessions_truncated AFTER TRUNCATE ON admin_sessions
                FOR EACH STATEMENT EXECUTE FUNCTION count_caller_key_change()
                """,
            ]
        )
    )
}
