import Migrations

extension ApprovalRevisions {
    static let bindings = Revision(
        "0001",
        parent: nil,
        title: "what approvals are bound to, votes, and sealed arguments with their keys",
        dependsOn: [Revision.Key(chain: "gateway", revision: "0002")],
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE approval_bindings (
                    token VARCHAR(64) NOT NULL,
                    caller_kind VARCHAR(20) NOT NULL,
                    caller_person VARCHAR(255),
                    server VARCHAR(255) NOT NULL,
                    tool VARCHAR(255) NOT NULL,
                    policy_revision VARCHAR(255) NOT NULL,
                    received_digest BLOB NOT NULL,
                    sent_digest BLOB NOT NULL,
                    risk_labels TEXT NOT NULL,
                    risk_score FLOAT,
                    quorum INTEGER NOT NULL,
                    requires_note BOOLEAN NOT NULL,
                    consumption VARCHAR(64),
                    used_at TEXT,
                    CONSTRAINT pk_approval_bindings PRIMARY KEY (token),
                    CONSTRAINT fk_approval_bindings_token FOREIGN KEY (token) REFERENCES approval_requests (token)
                        ON DELETE CASCADE,
                    CONSTRAINT ck_approval_bindings_quorum CHECK (quorum >= 1)
                )
                """,
                """
                CREATE TABLE approval_votes (
                    token VARCHAR(64) NOT NULL,
                    voter_kind VARCHAR(20) NOT NULL,
                    voter_id VARCHAR(255) NOT NULL,
                    voter_person VARCHAR(255),
                    verdict VARCHAR(10) NOT NULL,
                    note TEXT,
                    voted_at TEXT NOT NULL,
                    CONSTRAINT pk_approval_votes PRIMARY KEY (token, voter_kind, voter_id),
                    CONSTRAINT fk_approval_votes_token FOREIGN KEY (token) REFERENCES approval_requests (token) ON DELETE CASCADE,
                    CONSTRAINT ck_approval_votes_verdict CHECK (verdict IN ('APPROVE', 'DENY'))
                )
                """,
                """
                CREATE TABLE approval_arguments (
                    token VARCHAR(64) NOT NULL,
                    sealed BLOB NOT NULL,
                    CONSTRAINT pk_approval_arguments PRIMARY KEY (token),
                    CONSTRAINT fk_approval_arguments_token FOREIGN KEY (token) REFERENCES approval_requests (token)
                        ON DELETE CASCADE
                )
                """,
                """
                CREATE TABLE approval_keys (
                    token VARCHAR(64) NOT NULL,
                    part VARCHAR(10) NOT NULL,
                    wrapped BLOB NOT NULL,
                    CONSTRAINT pk_approval_keys PRIMARY KEY (token, part),
                    CONSTRAINT fk_approval_keys_token FOREIGN KEY (token) REFERENCES approval_requests (token) ON DELETE CASCADE
                )
                """,
            ] + Self.indexes,
            down: Self.dropIndexesAndTables
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE approval_bindings (
                    token VARCHAR(64) NOT NULL,
                    caller_kind VARCHAR(20) NOT NULL,
                    caller_person VARCHAR(255),
                    server VARCHAR(255) NOT NULL,
                    tool VARCHAR(255) NOT NULL,
                    policy_revision VARCHAR(255) NOT NULL,
                    received_digest BYTEA NOT NULL,
                    sent_digest BYTEA NOT NULL,
                    risk_labels JSONB NOT NULL,
                    risk_score DOUBLE PRECISION,
                    quorum INTEGER NOT NULL,
                    requires_note BOOLEAN NOT NULL,
                    consumption VARCHAR(64),
                    used_at TIMESTAMP WITHOUT TIME ZONE,
                    CONSTRAINT pk_approval_bindings PRIMARY KEY (token),
                    CONSTRAINT fk_approval_bindings_token FOREIGN KEY (token) REFERENCES approval_requests (token)
                        ON DELETE CASCADE,
                    CONSTRAINT ck_approval_bindings_quorum CHECK (quorum >= 1)
                )
                """,
                """
                CREATE TABLE approval_votes (
                    token VARCHAR(64) NOT NULL,
                    voter_kind VARCHAR(20) NOT NULL,
                    voter_id VARCHAR(255) NOT NULL,
                    voter_person VARCHAR(255),
                    verdict VARCHAR(10) NOT NULL,
                    note TEXT,
                    voted_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
                    CONSTRAINT pk_approval_votes PRIMARY KEY (token, voter_kind, voter_id),
                    CONSTRAINT fk_approval_votes_token FOREIGN KEY (token) REFERENCES approval_requests (token) ON DELETE CASCADE,
                    CONSTRAINT ck_approval_votes_verdict CHECK (verdict IN ('APPROVE', 'DENY'))
                )
                """,
                """
                CREATE TABLE approval_arguments (
                    token VARCHAR(64) NOT NULL,
                    sealed BYTEA NOT NULL,
                    CONSTRAINT pk_approval_arguments PRIMARY KEY (token),
                    CONSTRAINT fk_approval_arguments_token FOREIGN KEY (token) REFERENCES approval_requests (token)
                        ON DELETE CASCADE
                )
                """,
                """
                CREATE TABLE approval_keys (
                    token VARCHAR(64) NOT NULL,
                    part VARCHAR(10) NOT NULL,
                    wrapped BYTEA NOT NULL,
                    CONSTRAINT pk_approval_keys PRIMARY KEY (token, part),
                    CONSTRAINT fk_approval_keys_token FOREIGN KEY (token) REFERENCES approval_requests (token) ON DELETE CASCADE
                )
                """,
            ] + Self.indexes,
            down: Self.dropIndexesAndTables
        )
    )

    private static let indexes: [StaticString] = [
        // One vote a person, whatever registrations the person has.
        """
        CREATE UNIQUE INDEX uq_approval_votes_token_voter_person ON approval_votes (token, voter_person)
        WHERE voter_person IS NOT NULL
        """,
        "CREATE INDEX ix_approval_bindings_sent_digest ON approval_bindings (sent_digest)",
        "CREATE INDEX ix_approval_requests_newest ON approval_requests (org_id, created_at, id)",
        "CREATE INDEX ix_approval_requests_newest_of_status ON approval_requests (org_id, status, created_at, id)",
        """
        CREATE INDEX ix_approval_requests_open ON approval_requests (org_id, caller_id)
        WHERE status IN ('PENDING', 'APPROVED')
        """,
        """
        CREATE INDEX ix_approval_requests_due ON approval_requests (expires_at)
        WHERE status IN ('PENDING', 'APPROVED')
        """,
        """
        CREATE INDEX ix_approval_requests_final ON approval_requests (expires_at)
        WHERE status IN ('DENIED', 'EXPIRED', 'USED', 'CANCELLED')
        """,
    ]

    private static let dropIndexesAndTables: [StaticString] = [
        "DROP INDEX ix_approval_requests_final",
        "DROP INDEX ix_approval_requests_due",
        "DROP INDEX ix_approval_requests_open",
        "DROP INDEX ix_approval_requests_newest_of_status",
        "DROP INDEX ix_approval_requests_newest",
        "DROP INDEX ix_approval_bindings_sent_digest",
        "DROP INDEX uq_approval_votes_token_voter_person",
        "DROP TABLE approval_keys",
        "DROP TABLE approval_arguments",
        "DROP TABLE approval_votes",
        "DROP TABLE approval_bindings",
    ]
}
