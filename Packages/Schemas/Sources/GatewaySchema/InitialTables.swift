import Migrations

extension GatewayRevisions {
    /// Primary keys are not named on PostgreSQL, as the older tool did not name them: the server's default is then
    /// `api_keys_pkey`, which SQLite is told.
    static let initialTables = Revision(
        "0001", parent: nil, title: "create api_keys, audit_events and approval_requests",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE api_keys (
                    id INTEGER NOT NULL CONSTRAINT api_keys_pkey PRIMARY KEY AUTOINCREMENT,
                    caller_id VARCHAR NOT NULL,
                    key_hash VARCHAR NOT NULL,
                    role VARCHAR NOT NULL,
                    trust_level INTEGER NOT NULL,
                    environment VARCHAR NOT NULL,
                    is_active BOOLEAN NOT NULL DEFAULT TRUE,
                    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    last_used_at TEXT
                )
                """,
                "CREATE UNIQUE INDEX ix_api_keys_caller_id ON api_keys (caller_id)",
                """
                CREATE TABLE audit_events (
                    id INTEGER NOT NULL CONSTRAINT audit_events_pkey PRIMARY KEY AUTOINCREMENT,
                    request_id VARCHAR NOT NULL,
                    trace_id VARCHAR,
                    timestamp TEXT NOT NULL,
                    caller_id VARCHAR NOT NULL,
                    caller_role VARCHAR NOT NULL,
                    environment VARCHAR NOT NULL,
                    mcp_server VARCHAR NOT NULL,
                    tool_name VARCHAR NOT NULL,
                    raw_args_hash VARCHAR NOT NULL,
                    sanitized_args TEXT NOT NULL,
                    risk_labels TEXT NOT NULL DEFAULT '[]',
                    risk_score FLOAT NOT NULL,
                    matched_policy_rule VARCHAR NOT NULL,
                    decision VARCHAR NOT NULL,
                    approver_id VARCHAR,
                    execution_status VARCHAR,
                    latency_ms INTEGER NOT NULL,
                    output_hash VARCHAR,
                    redaction_flags TEXT NOT NULL DEFAULT '[]',
                    llm_explanation TEXT,
                    deterministic_rationale TEXT NOT NULL
                )
                """,
                "CREATE UNIQUE INDEX ix_audit_events_request_id ON audit_events (request_id)",
                "CREATE INDEX ix_audit_events_timestamp ON audit_events (timestamp)",
                "CREATE INDEX ix_audit_events_caller_id ON audit_events (caller_id)",
                "CREATE INDEX ix_audit_events_decision ON audit_events (decision)",
                """
                CREATE TABLE approval_requests (
                    id INTEGER NOT NULL CONSTRAINT approval_requests_pkey PRIMARY KEY AUTOINCREMENT,
                    token VARCHAR NOT NULL,
                    request_id VARCHAR NOT NULL,
                    caller_id VARCHAR NOT NULL,
                    tool_call TEXT NOT NULL,
                    risk_explanation TEXT NOT NULL,
                    created_at TEXT NOT NULL,
                    expires_at TEXT NOT NULL,
                    status VARCHAR NOT NULL DEFAULT 'PENDING',
                    approver_id VARCHAR,
                    decision_at TEXT,
                    approver_note VARCHAR
                )
                """,
                "CREATE UNIQUE INDEX ix_approval_requests_token ON approval_requests (token)",
                "CREATE INDEX ix_approval_requests_request_id ON approval_requests (request_id)",
                "CREATE INDEX ix_approval_requests_status ON approval_requests (status)",
            ],
            down: Self.dropTables
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE api_keys (
                    id SERIAL PRIMARY KEY,
                    caller_id VARCHAR NOT NULL,
                    key_hash VARCHAR NOT NULL,
                    role VARCHAR NOT NULL,
                    trust_level INTEGER NOT NULL,
                    environment VARCHAR NOT NULL,
                    is_active BOOLEAN NOT NULL DEFAULT TRUE,
                    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT timezone('utc', now()),
                    last_used_at TIMESTAMP WITHOUT TIME ZONE
                )
                """,
                "CREATE UNIQUE INDEX ix_api_keys_caller_id ON api_keys (caller_id)",
                """
                CREATE TABLE audit_events (
                    id SERIAL PRIMARY KEY,
                    request_id VARCHAR NOT NULL,
                    trace_id VARCHAR,
                    timestamp TIMESTAMP WITHOUT TIME ZONE NOT NULL,
                    caller_id VARCHAR NOT NULL,
                    caller_role VARCHAR NOT NULL,
                    environment VARCHAR NOT NULL,
                    mcp_server VARCHAR NOT NULL,
                    tool_name VARCHAR NOT NULL,
                    raw_args_hash VARCHAR NOT NULL,
                    sanitized_args JSONB NOT NULL,
                    risk_labels JSONB NOT NULL DEFAULT '[]',
                    risk_score DOUBLE PRECISION NOT NULL,
                    matched_policy_rule VARCHAR NOT NULL,
                    decision VARCHAR NOT NULL,
                    approver_id VARCHAR,
                    execution_status VARCHAR,
                    latency_ms INTEGER NOT NULL,
                    output_hash VARCHAR,
                    redaction_flags JSONB NOT NULL DEFAULT '[]',
                    llm_explanation TEXT,
                    deterministic_rationale TEXT NOT NULL
                )
                """,
                "CREATE UNIQUE INDEX ix_audit_events_request_id ON audit_events (request_id)",
                "CREATE INDEX ix_audit_events_timestamp ON audit_events (timestamp)",
                "CREATE INDEX ix_audit_events_caller_id ON audit_events (caller_id)",
                "CREATE INDEX ix_audit_events_decision ON audit_events (decision)",
                """
                CREATE TABLE approval_requests (
                    id SERIAL PRIMARY KEY,
                    token VARCHAR NOT NULL,
                    request_id VARCHAR NOT NULL,
                    caller_id VARCHAR NOT NULL,
                    tool_call JSONB NOT NULL,
                    risk_explanation TEXT NOT NULL,
                    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
                    expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
                    status VARCHAR NOT NULL DEFAULT 'PENDING',
                    approver_id VARCHAR,
                    decision_at TIMESTAMP WITHOUT TIME ZONE,
                    approver_note VARCHAR
                )
                """,
                "CREATE UNIQUE INDEX ix_approval_requests_token ON approval_requests (token)",
                "CREATE INDEX ix_approval_requests_request_id ON approval_requests (request_id)",
                "CREATE INDEX ix_approval_requests_status ON approval_requests (status)",
            ],
            down: Self.dropTables
        )
    )

    private static let dropTables: [StaticString] = [
        "DROP INDEX ix_approval_requests_status",
        "DROP INDEX ix_approval_requests_request_id",
        "DROP INDEX ix_approval_requests_token",
        "DROP TABLE approval_requests",
        "DROP INDEX ix_audit_events_decision",
        "DROP INDEX ix_audit_events_caller_id",
        "DROP INDEX ix_audit_events_timestamp",
        "DROP INDEX ix_audit_events_request_id",
        "DROP TABLE audit_events",
        "DROP INDEX ix_api_keys_caller_id",
        "DROP TABLE api_keys",
    ]
}
