import Migrations

extension CommonsRevisions {
    static let amendments = Revision(
        "c3d4e5f6a7b8", parent: "b2c3d4e5f6a7", title: "create amendments, and let traces be stale or flagged",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE amendments (
                    id CHAR(36) NOT NULL,
                    original_trace_id CHAR(36) NOT NULL,
                    submitter_id CHAR(36) NOT NULL,
                    improved_solution TEXT NOT NULL,
                    explanation TEXT NOT NULL,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    CONSTRAINT pk_amendments PRIMARY KEY (id),
                    CONSTRAINT fk_amendments_original_trace_id_traces
                        FOREIGN KEY (original_trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_amendments_submitter_id_users FOREIGN KEY (submitter_id) REFERENCES users (id)
                )
                """,
                "CREATE INDEX ix_amendments_original_trace_id ON amendments (original_trace_id)",
                "CREATE INDEX ix_amendments_submitter_id ON amendments (submitter_id)",
                "ALTER TABLE traces ADD COLUMN is_stale BOOLEAN NOT NULL DEFAULT FALSE",
                "ALTER TABLE traces ADD COLUMN is_flagged BOOLEAN NOT NULL DEFAULT FALSE",
                "ALTER TABLE traces ADD COLUMN flagged_at TEXT",
                "CREATE INDEX ix_traces_is_stale ON traces (is_stale)",
                "CREATE INDEX ix_traces_is_flagged ON traces (is_flagged)",
            ],
            down: [
                // SQLite refuses to drop a column that an index still covers.
                "DROP INDEX ix_traces_is_flagged",
                "DROP INDEX ix_traces_is_stale",
                "ALTER TABLE traces DROP COLUMN flagged_at",
                "ALTER TABLE traces DROP COLUMN is_flagged",
                "ALTER TABLE traces DROP COLUMN is_stale",
                "DROP INDEX ix_amendments_submitter_id",
                "DROP INDEX ix_amendments_original_trace_id",
                "DROP TABLE amendments",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE amendments (
                    id UUID NOT NULL,
                    original_trace_id UUID NOT NULL,
                    submitter_id UUID NOT NULL,
                    improved_solution TEXT NOT NULL,
                    explanation TEXT NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    CONSTRAINT pk_amendments PRIMARY KEY (id),
                    CONSTRAINT fk_amendments_original_trace_id_traces
                        FOREIGN KEY (original_trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_amendments_submitter_id_users FOREIGN KEY (submitter_id) REFERENCES users (id)
                )
                """,
                "CREATE INDEX ix_amendments_original_trace_id ON amendments (original_trace_id)",
                "CREATE INDEX ix_amendments_submitter_id ON amendments (submitter_id)",
                "ALTER TABLE traces ADD COLUMN is_stale BOOLEAN NOT NULL DEFAULT FALSE",
                "ALTER TABLE traces ADD COLUMN is_flagged BOOLEAN NOT NULL DEFAULT FALSE",
                "ALTER TABLE traces ADD COLUMN flagged_at TIMESTAMP WITH TIME ZONE",
                "CREATE INDEX ix_traces_is_stale ON traces (is_stale)",
                "CREATE INDEX ix_traces_is_flagged ON traces (is_flagged)",
            ],
            down: [
                "DROP INDEX ix_traces_is_flagged",
                "DROP INDEX ix_traces_is_stale",
                "ALTER TABLE traces DROP COLUMN flagged_at",
                "ALTER TABLE traces DROP COLUMN is_flagged",
                "ALTER TABLE traces DROP COLUMN is_stale",
                "DROP INDEX ix_amendments_submitter_id",
                "DROP INDEX ix_amendments_original_trace_id",
                "DROP TABLE amendments",
            ]
        )
    )
}
