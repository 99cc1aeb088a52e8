import Migrations

extension CommonsRevisions {
    static let initialTables = Revision(
        "b2c3d4e5f6a7", parent: "a1b2c3d4e5f6", title: "create users, traces, votes, tags and trace_tags",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE users (
                    id CHAR(36) NOT NULL,
                    email VARCHAR(255),
                    api_key_hash VARCHAR(255),
                    display_name VARCHAR(100),
                    reputation_score FLOAT NOT NULL DEFAULT 0.0,
                    is_seed BOOLEAN NOT NULL DEFAULT FALSE,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    CONSTRAINT pk_users PRIMARY KEY (id),
                    CONSTRAINT uq_users_email UNIQUE (email),
                    CONSTRAINT uq_users_api_key_hash UNIQUE (api_key_hash)
                )
                """,
                """
                CREATE TABLE traces (
                    id CHAR(36) NOT NULL,
                    title TEXT NOT NULL,
                    context_text TEXT NOT NULL,
                    solution_text TEXT NOT NULL,
                    embedding_model_id VARCHAR(100),
                    embedding_model_version VARCHAR(100),
                    status VARCHAR(20) NOT NULL DEFAULT 'pending',
                    trust_score FLOAT NOT NULL DEFAULT 0.0,
                    confirmation_count INTEGER NOT NULL DEFAULT 0,
                    contributor_id CHAR(36) NOT NULL,
                    agent_model VARCHAR(100),
                    agent_version VARCHAR(50),
                    metadata_json TEXT,
                    is_seed BOOLEAN NOT NULL DEFAULT FALSE,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    CONSTRAINT pk_traces PRIMARY KEY (id),
                    CONSTRAINT fk_traces_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES users (id)
                )
                """,
                "CREATE INDEX ix_traces_status ON traces (status)",
                "CREATE INDEX ix_traces_contributor_id ON traces (contributor_id)",
                "CREATE INDEX ix_traces_created_at ON traces (created_at)",
                """
                CREATE TABLE votes (
                    id CHAR(36) NOT NULL,
                    trace_id CHAR(36) NOT NULL,
                    voter_id CHAR(36) NOT NULL,
                    vote_type VARCHAR(10) NOT NULL,
                    feedback_text TEXT,
                    context_json TEXT,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    CONSTRAINT pk_votes PRIMARY KEY (id),
                    CONSTRAINT uq_votes_trace_id_voter_id UNIQUE (trace_id, voter_id),
                    CONSTRAINT fk_votes_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_votes_voter_id_users FOREIGN KEY (voter_id) REFERENCES users (id)
                )
                """,
                """
                CREATE TABLE tags (
                    id CHAR(36) NOT NULL,
                    name VARCHAR(50) NOT NULL,
                    is_curated BOOLEAN NOT NULL DEFAULT FALSE,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    CONSTRAINT pk_tags PRIMARY KEY (id),
                    CONSTRAINT uq_tags_name UNIQUE (name)
                )
                """,
                "CREATE INDEX ix_tags_name ON tags (name)",
                """
                CREATE TABLE trace_tags (
                    trace_id CHAR(36) NOT NULL,
                    tag_id CHAR(36) NOT NULL,
                    CONSTRAINT pk_trace_tags PRIMARY KEY (trace_id, tag_id),
                    CONSTRAINT fk_trace_tags_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_trace_tags_tag_id_tags FOREIGN KEY (tag_id) REFERENCES tags (id)
                )
                """,
            ],
            down: [
                "DROP TABLE trace_tags",
                "DROP INDEX ix_tags_name",
                "DROP TABLE tags",
                "DROP TABLE votes",
                "DROP INDEX ix_traces_created_at",
                "DROP INDEX ix_traces_contributor_id",
                "DROP INDEX ix_traces_status",
                "DROP TABLE traces",
                "DROP TABLE users",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE users (
                    id UUID NOT NULL,
                    email VARCHAR(255),
                    api_key_hash VARCHAR(255),
                    display_name VARCHAR(100),
                    reputation_score DOUBLE PRECISION NOT NULL DEFAULT 0.0,
                    is_seed BOOLEAN NOT NULL DEFAULT FALSE,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    CONSTRAINT pk_users PRIMARY KEY (id),
                    CONSTRAINT uq_users_email UNIQUE (email),
                    CONSTRAINT uq_users_api_key_hash UNIQUE (api_key_hash)
                )
                """,
                """
                CREATE TABLE traces (
                    id UUID NOT NULL,
                    title TEXT NOT NULL,
                    context_text TEXT NOT NULL,
                    solution_text TEXT NOT NULL,
                    embedding_model_id VARCHAR(100),
                    embedding_model_version VARCHAR(100),
                    status VARCHAR(20) NOT NULL DEFAULT 'pending',
                    trust_score DOUBLE PRECISION NOT NULL DEFAULT 0.0,
                    confirmation_count INTEGER NOT NULL DEFAULT 0,
                    contributor_id UUID NOT NULL,
                    agent_model VARCHAR(100),
                    agent_version VARCHAR(50),
                    metadata_json JSON,
                    is_seed BOOLEAN NOT NULL DEFAULT FALSE,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    CONSTRAINT pk_traces PRIMARY KEY (id),
                    CONSTRAINT fk_traces_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES users (id)
                )
                """,
                "CREATE INDEX ix_traces_status ON traces (status)",
                "CREATE INDEX ix_traces_contributor_id ON traces (contributor_id)",
                "CREATE INDEX ix_traces_created_at ON traces (created_at)",
                """
                CREATE TABLE votes (
                    id UUID NOT NULL,
                    trace_id UUID NOT NULL,
                    voter_id UUID NOT NULL,
                    vote_type VARCHAR(10) NOT NULL,
                    feedback_text TEXT,
                    context_json JSON,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    CONSTRAINT pk_votes PRIMARY KEY (id),
                    CONSTRAINT uq_votes_trace_id_voter_id UNIQUE (trace_id, voter_id),
                    CONSTRAINT fk_votes_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_votes_voter_id_users FOREIGN KEY (voter_id) REFERENCES users (id)
                )
                """,
                """
                CREATE TABLE tags (
                    id UUID NOT NULL,
                    name VARCHAR(50) NOT NULL,
                    is_curated BOOLEAN NOT NULL DEFAULT FALSE,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    CONSTRAINT pk_tags PRIMARY KEY (id),
                    CONSTRAINT uq_tags_name UNIQUE (name)
                )
                """,
                "CREATE INDEX ix_tags_name ON tags (name)",
                """
                CREATE TABLE trace_tags (
                    trace_id UUID NOT NULL,
                    tag_id UUID NOT NULL,
                    CONSTRAINT pk_trace_tags PRIMARY KEY (trace_id, tag_id),
                    CONSTRAINT fk_trace_tags_trace_id_traces FOREIGN KEY (trace_id) REFERENCES traces (id),
                    CONSTRAINT fk_trace_tags_tag_id_tags FOREIGN KEY (tag_id) REFERENCES tags (id)
                )
                """,
            ],
            down: [
                "DROP TABLE trace_tags",
                "DROP INDEX ix_tags_name",
                "DROP TABLE tags",
                "DROP TABLE votes",
                "DROP INDEX ix_traces_created_at",
                "DROP INDEX ix_traces_contributor_id",
                "DROP INDEX ix_traces_status",
                "DROP TABLE traces",
                "DROP TABLE users",
            ]
        )
    )
}
