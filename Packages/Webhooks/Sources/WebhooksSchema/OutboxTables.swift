import Migrations

extension WebhooksRevisions {
    static let outbox = Revision(
        "0001",
        parent: nil,
        title: "receivers of webhooks, their secrets, and what is on its way to them",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE webhook_endpoints (
                    id VARCHAR(36) NOT NULL,
                    org_id VARCHAR(255) NOT NULL,
                    url TEXT NOT NULL,
                    event_types TEXT NOT NULL,
                    created_at TEXT NOT NULL,
                    disabled_at TEXT,
                    disabled_reason VARCHAR(20),
                    failing_since TEXT,
                    paused_until TEXT,
                    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id),
                    CONSTRAINT ck_webhook_endpoints_disabled CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
                )
                """,
                "CREATE INDEX ix_webhook_endpoints_org_id ON webhook_endpoints (org_id)",
                """
                CREATE TABLE webhook_secrets (
                    endpoint_id VARCHAR(36) NOT NULL,
                    number INTEGER NOT NULL,
                    sealed BLOB NOT NULL,
                    created_at TEXT NOT NULL,
                    ends_at TEXT,
                    CONSTRAINT pk_webhook_secrets PRIMARY KEY (endpoint_id, number),
                    CONSTRAINT fk_webhook_secrets_endpoint_id FOREIGN KEY (endpoint_id)
                        REFERENCES webhook_endpoints (id) ON DELETE CASCADE
                )
                """,
                """
                CREATE TABLE webhook_messages (
                    id VARCHAR(64) NOT NULL,
                    org_id VARCHAR(255) NOT NULL,
                    event_type VARCHAR(128) NOT NULL,
                    body TEXT NOT NULL,
                    created_at TEXT NOT NULL,
                    CONSTRAINT pk_webhook_messages PRIMARY KEY (id)
                )
                """,
                "CREATE INDEX ix_webhook_messages_created_at ON webhook_messages (created_at)",
                """
                CREATE TABLE webhook_deliveries (
                    id INTEGER NOT NULL CONSTRAINT pk_webhook_deliveries PRIMARY KEY AUTOINCREMENT,
                    message_id VARCHAR(64) NOT NULL,
                    endpoint_id VARCHAR(36) NOT NULL,
                    status VARCHAR(10) NOT NULL,
                    attempts INTEGER NOT NULL,
                    due_at TEXT,
                    claim VARCHAR(32),
                    last_status INTEGER,
                    last_error VARCHAR(40),
                    last_attempt_at TEXT,
                    created_at TEXT NOT NULL,
                    finished_at TEXT,
                    CONSTRAINT uq_webhook_deliveries_message_id UNIQUE (message_id, endpoint_id),
                    CONSTRAINT fk_webhook_deliveries_message_id FOREIGN KEY (message_id) REFERENCES webhook_messages (id),
                    CONSTRAINT fk_webhook_deliveries_endpoint_id FOREIGN KEY (endpoint_id)
                        REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
                    CONSTRAINT ck_webhook_deliveries_status CHECK (status IN ('pending', 'delivered', 'failed', 'cancelled')),
                    CONSTRAINT ck_webhook_deliveries_due_at CHECK ((status = 'pending') = (due_at IS NOT NULL)),
                    CONSTRAINT ck_webhook_deliveries_finished_at CHECK ((status = 'pending') = (finished_at IS NULL))
                )
                """,
                "CREATE INDEX ix_webhook_deliveries_endpoint_id ON webhook_deliveries (endpoint_id, id)",
                """
                CREATE INDEX ix_webhook_deliveries_due_at
                ON webhook_deliveries (endpoint_id, due_at, id) WHERE status = 'pending'
                """,
                "CREATE INDEX ix_webhook_deliveries_finished_at ON webhook_deliveries (finished_at) WHERE status <> 'pending'",
            ],
            down: [
                "DROP TABLE webhook_deliveries",
                "DROP TABLE webhook_messages",
                "DROP TABLE webhook_secrets",
                "DROP TABLE webhook_endpoints",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE webhook_endpoints (
                    id VARCHAR(36) NOT NULL,
                    org_id VARCHAR(255) NOT NULL,
                    url TEXT NOT NULL,
                    event_types JSONB NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    disabled_at TIMESTAMP WITH TIME ZONE,
                    disabled_reason VARCHAR(20),
                    failing_since TIMESTAMP WITH TIME ZONE,
                    paused_until TIMESTAMP WITH TIME ZONE,
                    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id),
                    CONSTRAINT ck_webhook_endpoints_disabled CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
                )
                """,
                "CREATE INDEX ix_webhook_endpoints_org_id ON webhook_endpoints (org_id)",
                """
                CREATE TABLE webhook_secrets (
                    endpoint_id VARCHAR(36) NOT NULL,
                    number INTEGER NOT NULL,
                    sealed BYTEA NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    ends_at TIMESTAMP WITH TIME ZONE,
                    CONSTRAINT pk_webhook_secrets PRIMARY KEY (endpoint_id, number),
                    CONSTRAINT fk_webhook_secrets_endpoint_id FOREIGN KEY (endpoint_id)
                        REFERENCES webhook_endpoints (id) ON DELETE CASCADE
                )
                """,
                """
                CREATE TABLE webhook_messages (
                    id VARCHAR(64) NOT NULL,
                    org_id VARCHAR(255) NOT NULL,
                    event_type VARCHAR(128) NOT NULL,
                    body TEXT NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT pk_webhook_messages PRIMARY KEY (id)
                )
                """,
                "CREATE INDEX ix_webhook_messages_created_at ON webhook_messages (created_at)",
                """
                CREATE TABLE webhook_deliveries (
                    id BIGINT GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_webhook_deliveries PRIMARY KEY,
                    message_id VARCHAR(64) NOT NULL,
                    endpoint_id VARCHAR(36) NOT NULL,
                    status VARCHAR(10) NOT NULL,
                    attempts INTEGER NOT NULL,
                    due_at TIMESTAMP WITH TIME ZONE,
                    claim VARCHAR(32),
                    last_status INTEGER,
                    last_error VARCHAR(40),
                    last_attempt_at TIMESTAMP WITH TIME ZONE,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    finished_at TIMESTAMP WITH TIME ZONE,
                    CONSTRAINT uq_webhook_deliveries_message_id UNIQUE (message_id, endpoint_id),
                    CONSTRAINT fk_webhook_deliveries_message_id FOREIGN KEY (message_id) REFERENCES webhook_messages (id),
                    CONSTRAINT fk_webhook_deliveries_endpoint_id FOREIGN KEY (endpoint_id)
                        REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
                    CONSTRAINT ck_webhook_deliveries_status CHECK (status IN ('pending', 'delivered', 'failed', 'cancelled')),
                    CONSTRAINT ck_webhook_deliveries_due_at CHECK ((status = 'pending') = (due_at IS NOT NULL)),
                    CONSTRAINT ck_webhook_deliveries_finished_at CHECK ((status = 'pending') = (finished_at IS NULL))
                )
                """,
                "CREATE INDEX ix_webhook_deliveries_endpoint_id ON webhook_deliveries (endpoint_id, id)",
                """
                CREATE INDEX ix_webhook_deliveries_due_at
                ON webhook_deliveries (endpoint_id, due_at, id) WHERE status = 'pending'
                """,
                "CREATE INDEX ix_webhook_deliveries_finished_at ON webhook_deliveries (finished_at) WHERE status <> 'pending'",
            ],
            down: [
                "DROP TABLE webhook_deliveries",
                "DROP TABLE webhook_messages",
                "DROP TABLE webhook_secrets",
                "DROP TABLE webhook_endpoints",
            ]
        )
    )
}
