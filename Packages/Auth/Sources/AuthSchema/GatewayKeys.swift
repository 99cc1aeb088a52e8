import Migrations

extension AuthRevisions {
    static let gatewayKeys = Revision(
        "0002",
        parent: "0001",
        title: "keys of gateway callers",
        dependsOn: [Revision.Key(chain: "gateway", revision: "0002")],
        sqlite: Revision.Script(
            up: [
                "ALTER TABLE caller_keys ADD COLUMN key_hash VARCHAR(255)",
                """
                CREATE TRIGGER tr_caller_keys_rebound AFTER UPDATE OF owner_kind, key_hash ON caller_keys BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TRIGGER tr_api_keys_changed
                AFTER UPDATE OF caller_id, key_hash, role, trust_level, environment, is_active, org_id ON api_keys BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
                """
                CREATE TRIGGER tr_api_keys_deleted AFTER DELETE ON api_keys BEGIN
                    UPDATE caller_key_changes SET changes = changes + 1;
                END
                """,
            ],
            down: [
                "DROP TRIGGER tr_api_keys_deleted",
                "DROP TRIGGER tr_api_keys_changed",
                "DROP TRIGGER tr_caller_keys_rebound",
                "ALTER TABLE caller_keys DROP COLUMN key_hash",
            ]
        ),
        postgres: Revision.Script(
            up: [
                "ALTER TABLE caller_keys ADD COLUMN key_hash VARCHAR(255)",
                """
                CREATE CONSTRAINT TRIGGER tr_caller_keys_rebound AFTER UPDATE OF owner_kind, key_hash ON caller_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_api_keys_changed
                AFTER UPDATE OF caller_id, key_hash, role, trust_level, environment, is_active, org_id ON api_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE CONSTRAINT TRIGGER tr_api_keys_deleted AFTER DELETE ON api_keys
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION count_caller_key_change()
                """,
                """
                CREATE TRIGGER tr_api_keys_truncated AFTER TRUNCATE ON api_keys
                FOR EACH STATEMENT EXECUTE FUNCTION count_caller_key_change()
                """,
            ],
            down: [
                "DROP TRIGGER tr_api_keys_truncated ON api_keys",
                "DROP TRIGGER tr_api_keys_deleted ON api_keys",
                "DROP TRIGGER tr_api_keys_changed ON api_keys",
                "DROP TRIGGER tr_caller_keys_rebound ON caller_keys",
                "ALTER TABLE caller_keys DROP COLUMN key_hash",
            ]
        )
    )
}
