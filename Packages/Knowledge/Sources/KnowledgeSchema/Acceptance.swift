import Migrations

extension KnowledgeRevisions {
    /// A trace has at most one accepted amendment. Stale and reported traces are few among many, so their lists have indexes of their own.
    static let acceptance = Revision(
        "0004",
        parent: "0003",
        title: "accepted amendments, and the order of stale and of reported traces",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE accepted_amendments (
                    trace_id CHAR(36) NOT NULL,
                    amendment_id CHAR(36) NOT NULL,
                    accepted_by CHAR(36) NOT NULL,
                    accepted_at TEXT NOT NULL,
                    CONSTRAINT pk_accepted_amendments PRIMARY KEY (trace_id),
                    CONSTRAINT fk_accepted_amendments_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_accepted_amendments_amendment_id_amendments
                        FOREIGN KEY (amendment_id) REFERENCES amendments (id),
                    CONSTRAINT fk_accepted_amendments_accepted_by_users FOREIGN KEY (accepted_by) REFERENCES users (id)
                )
                """,
                "CREATE INDEX ix_traces_stale_created_at ON traces (created_at, id) WHERE is_stale",
                "CREATE INDEX ix_traces_reported ON traces (flagged_at, id) WHERE is_flagged AND removed_at IS NULL",
            ],
            down: Self.acceptanceDown
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE accepted_amendments (
                    trace_id UUID NOT NULL,
                    amendment_id UUID NOT NULL,
                    accepted_by UUID NOT NULL,
                    accepted_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT pk_accepted_amendments PRIMARY KEY (trace_id),
                    CONSTRAINT fk_accepted_amendments_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_accepted_amendments_amendment_id_amendments
                        FOREIGN KEY (amendment_id) REFERENCES amendments (id),
                    CONSTRAINT fk_accepted_amendments_accepted_by_users FOREIGN KEY (accepted_by) REFERENCES users (id)
                )
                """,
                "CREATE INDEX ix_traces_stale_created_at ON traces (created_at, id) WHERE is_stale",
                """
                CREATE INDEX ix_traces_reported ON traces (flagged_at DESC NULLS LAST, id DESC)
                WHERE is_flagged AND removed_at IS NULL
                """,
            ],
            down: Self.acceptanceDown
        )
    )

    private static let acceptanceDown: [StaticString] = [
        "DROP INDEX ix_traces_reported", "DROP INDEX ix_traces_stale_created_at", "DROP TABLE accepted_amendments",
    ]
}
