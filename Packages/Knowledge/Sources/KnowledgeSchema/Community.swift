import Migrations

extension KnowledgeRevisions {
    /// What people say of traces beside their votes, how votes on a contributor's traces add up, and what clients tell of their use.
    static let community = Revision(
        "0002",
        parent: "0001",
        title: "reports, tallies of votes, and telemetry",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE trace_flags (
                    trace_id CHAR(36) NOT NULL,
                    reporter_id CHAR(36) NOT NULL,
                    category VARCHAR(20) NOT NULL,
                    reason TEXT NOT NULL,
                    created_at TEXT NOT NULL,
                    closed_at TEXT,
                    CONSTRAINT pk_trace_flags PRIMARY KEY (trace_id, reporter_id),
                    CONSTRAINT fk_trace_flags_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_trace_flags_reporter_id_users FOREIGN KEY (reporter_id) REFERENCES users (id),
                    CONSTRAINT ck_trace_flags_category CHECK (category IN ('harmful', 'spam', 'incorrect', 'duplicate'))
                )
                """,
                "CREATE INDEX ix_trace_flags_reporter_id ON trace_flags (reporter_id)",
                """
                CREATE TABLE contributor_votes (
                    contributor_id CHAR(36) NOT NULL,
                    upvote_count INTEGER NOT NULL,
                    downvote_count INTEGER NOT NULL,
                    CONSTRAINT pk_contributor_votes PRIMARY KEY (contributor_id),
                    CONSTRAINT fk_contributor_votes_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES users (id)
                )
                """,
                Self.votesSoFar,
                """
                CREATE TABLE user_activity (
                    user_id CHAR(36) NOT NULL,
                    last_seen_at TEXT NOT NULL,
                    platform VARCHAR(50),
                    skill_version VARCHAR(20),
                    install_source VARCHAR(50),
                    CONSTRAINT pk_user_activity PRIMARY KEY (user_id),
                    CONSTRAINT fk_user_activity_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
                )
                """,
                """
                CREATE TABLE telemetry_triggers (
                    id INTEGER NOT NULL CONSTRAINT pk_telemetry_triggers PRIMARY KEY AUTOINCREMENT,
                    user_id CHAR(36) NOT NULL,
                    session_id VARCHAR(100) NOT NULL,
                    trigger_stats TEXT NOT NULL,
                    searches_fired INTEGER,
                    traces_consumed INTEGER,
                    resolutions_total INTEGER,
                    resolutions_assisted INTEGER,
                    created_at TEXT NOT NULL,
                    CONSTRAINT fk_telemetry_triggers_user_id_users
                        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
                )
                """,
                "CREATE INDEX ix_telemetry_triggers_user_id ON telemetry_triggers (user_id, id)",
                """
                CREATE INDEX ix_amendments_original_trace_id_created_at
                ON amendments (original_trace_id, created_at, id)
                """,
            ],
            down: [
                "DROP INDEX ix_amendments_original_trace_id_created_at",
                "DROP TABLE telemetry_triggers",
                "DROP TABLE user_activity",
                "DROP TABLE contributor_votes",
                "DROP TABLE trace_flags",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE trace_flags (
                    trace_id UUID NOT NULL,
                    reporter_id UUID NOT NULL,
                    category VARCHAR(20) NOT NULL,
                    reason TEXT NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    closed_at TIMESTAMP WITH TIME ZONE,
                    CONSTRAINT pk_trace_flags PRIMARY KEY (trace_id, reporter_id),
                    CONSTRAINT fk_trace_flags_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_trace_flags_reporter_id_users FOREIGN KEY (reporter_id) REFERENCES users (id),
                    CONSTRAINT ck_trace_flags_category CHECK (category IN ('harmful', 'spam', 'incorrect', 'duplicate'))
                )
                """,
                "CREATE INDEX ix_trace_flags_reporter_id ON trace_flags (reporter_id)",
                """
                CREATE TABLE contributor_votes (
                    contributor_id UUID NOT NULL,
                    upvote_count BIGINT NOT NULL,
                    downvote_count BIGINT NOT NULL,
                    CONSTRAINT pk_contributor_votes PRIMARY KEY (contributor_id),
                    CONSTRAINT fk_contributor_votes_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES users (id)
                )
                """,
                Self.votesSoFar,
                """
                CREATE TABLE user_activity (
                    user_id UUID NOT NULL,
                    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    platform VARCHAR(50),
                    skill_version VARCHAR(20),
                    install_source VARCHAR(50),
                    CONSTRAINT pk_user_activity PRIMARY KEY (user_id),
                    CONSTRAINT fk_user_activity_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
                )
                """,
                """
                CREATE TABLE telemetry_triggers (
                    id BIGINT GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_telemetry_triggers PRIMARY KEY,
                    user_id UUID NOT NULL,
                    session_id VARCHAR(100) NOT NULL,
                    trigger_stats JSON NOT NULL,
                    searches_fired BIGINT,
                    traces_consumed BIGINT,
                    resolutions_total BIGINT,
                    resolutions_assisted BIGINT,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT fk_telemetry_triggers_user_id_users
                        FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
                )
                """,
                "CREATE INDEX ix_telemetry_triggers_user_id ON telemetry_triggers (user_id, id)",
                """
                CREATE INDEX ix_amendments_original_trace_id_created_at
                ON amendments (original_trace_id, created_at, id)
                """,
            ],
            down: [
                "DROP INDEX ix_amendments_original_trace_id_created_at",
                "DROP TABLE telemetry_triggers",
                "DROP TABLE user_activity",
                "DROP TABLE contributor_votes",
                "DROP TABLE trace_flags",
            ]
        )
    )

    /// The tally goes on from the votes that are there.
    private static let votesSoFar: StaticString = """
        INSERT INTO contributor_votes (contributor_id, upvote_count, downvote_count)
        SELECT t.contributor_id, SUM(CASE WHEN v.vote_type = 'up' THEN 1 ELSE 0 END),
            SUM(CASE WHEN v.vote_type = 'down' THEN 1 ELSE 0 END)
        FROM votes v JOIN traces t ON t.id = v.trace_id GROUP BY t.contributor_id
        """
}
