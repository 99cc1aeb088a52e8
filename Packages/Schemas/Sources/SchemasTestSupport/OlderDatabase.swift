public import Persistence

/// Databases as the older tools left them on PostgreSQL, written by hand from CONTRACTS §2 and not from our revisions.
///
/// They have the table in which those tools kept their place, `alembic_version`, and the spelling of defaults that those
/// tools use; what the commons' tool did for vectors is left out, as most servers lack the extension.
public enum OlderDatabase: String, CaseIterable, Sendable {
    /// The commons at the prescribed revision `c3d4e5f6a7b8`.
    case commonsAtPrescription
    /// The commons many revisions later, `0023`, with columns that Gatehouse does not know.
    case commonsLater
    /// The gateway at `0001`.
    case gatewayAt0001
    /// The gateway at `0002`.
    case gatewayAt0002
    /// Commons at the prescription and gateway at `0002`, in one database.
    case both

    /// What `alembic_version` says.
    public var versions: [String] {
        switch self {
        case .commonsAtPrescription: ["c3d4e5f6a7b8"]
        case .commonsLater: ["0023"]
        case .gatewayAt0001: ["0001"]
        case .gatewayAt0002: ["0002"]
        case .both: ["c3d4e5f6a7b8", "0002"]
        }
    }

    /// The statements that make such a database out of an empty one.
    public var statements: [String] {
        let tables: [String]
        switch self {
        case .commonsAtPrescription: tables = Self.commons
        case .commonsLater: tables = Self.commons + Self.commonsSince
        case .gatewayAt0001: tables = Self.gateway
        case .gatewayAt0002: tables = Self.gateway + Self.gatewaySince
        case .both: tables = Self.commons + Self.gateway + Self.gatewaySince
        }
        return tables + [Self.versionTable] + self.versions.map { "INSERT INTO alembic_version (version_num) VALUES ('\($0)')" }
    }

    /// Makes such a database out of an empty one.
    public func create(in database: any Database) async throws {
        let statements = self.statements
        try await database.transaction { connection in
            for statement in statements { try connection.execute(SQL(unchecked: statement)) }
        }
    }

    private static let versionTable = """
        CREATE TABLE alembic_version (
            version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
        )
        """

    private static let commons = [
        """
        CREATE TABLE users (
            id UUID NOT NULL,
            email VARCHAR(255),
            api_key_hash VARCHAR(255),
            display_name VARCHAR(100),
            reputation_score FLOAT DEFAULT '0.0' NOT NULL,
            is_seed BOOLEAN DEFAULT 'false' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
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
            status VARCHAR(20) DEFAULT 'pending' NOT NULL,
            trust_score FLOAT DEFAULT '0.0' NOT NULL,
            confirmation_count INTEGER DEFAULT '0' NOT NULL,
            contributor_id UUID NOT NULL,
            agent_model VARCHAR(100),
            agent_version VARCHAR(50),
            metadata_json JSON,
            is_seed BOOLEAN DEFAULT 'false' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_traces PRIMARY KEY (id),
            CONSTRAINT fk_traces_contributor_id_users FOREIGN KEY(contributor_id) REFERENCES users (id)
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
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_votes PRIMARY KEY (id),
            CONSTRAINT fk_votes_trace_id_traces FOREIGN KEY(trace_id) REFERENCES traces (id),
            CONSTRAINT fk_votes_voter_id_users FOREIGN KEY(voter_id) REFERENCES users (id),
            CONSTRAINT uq_votes_trace_id_voter_id UNIQUE (trace_id, voter_id)
        )
        """,
        """
        CREATE TABLE tags (
            id UUID NOT NULL,
            name VARCHAR(50) NOT NULL,
            is_curated BOOLEAN DEFAULT 'false' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
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
            CONSTRAINT fk_trace_tags_trace_id_traces FOREIGN KEY(trace_id) REFERENCES traces (id),
            CONSTRAINT fk_trace_tags_tag_id_tags FOREIGN KEY(tag_id) REFERENCES tags (id)
        )
        """,
        """
        CREATE TABLE amendments (
            id UUID NOT NULL,
            original_trace_id UUID NOT NULL,
            submitter_id UUID NOT NULL,
            improved_solution TEXT NOT NULL,
            explanation TEXT NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_amendments PRIMARY KEY (id),
            CONSTRAINT fk_amendments_original_trace_id_traces FOREIGN KEY(original_trace_id) REFERENCES traces (id),
            CONSTRAINT fk_amendments_submitter_id_users FOREIGN KEY(submitter_id) REFERENCES users (id)
        )
        """,
        "CREATE INDEX ix_amendments_original_trace_id ON amendments (original_trace_id)",
        "CREATE INDEX ix_amendments_submitter_id ON amendments (submitter_id)",
        "ALTER TABLE traces ADD COLUMN is_stale BOOLEAN DEFAULT 'false' NOT NULL",
        "ALTER TABLE traces ADD COLUMN is_flagged BOOLEAN DEFAULT 'false' NOT NULL",
        "ALTER TABLE traces ADD COLUMN flagged_at TIMESTAMP WITH TIME ZONE",
        "CREATE INDEX ix_traces_is_stale ON traces (is_stale)",
        "CREATE INDEX ix_traces_is_flagged ON traces (is_flagged)",
    ]

    private static let commonsSince = [
        """
        CREATE TABLE contributor_domain_reputation (
            id UUID NOT NULL,
            contributor_id UUID NOT NULL,
            domain_tag VARCHAR(50) NOT NULL,
            upvote_count INTEGER DEFAULT '0' NOT NULL,
            downvote_count INTEGER DEFAULT '0' NOT NULL,
            wilson_score FLOAT DEFAULT '0.0' NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_contributor_domain_reputation PRIMARY KEY (id),
            CONSTRAINT fk_cdr_contributor_id_users FOREIGN KEY(contributor_id) REFERENCES users (id),
            CONSTRAINT uq_contributor_domain_reputation_contributor_domain UNIQUE (contributor_id, domain_tag)
        )
        """,
        "CREATE INDEX ix_cdr_contributor_id ON contributor_domain_reputation (contributor_id)",
        "CREATE INDEX ix_cdr_domain_tag ON contributor_domain_reputation (domain_tag)",
        "ALTER TABLE users ADD COLUMN is_moderator BOOLEAN DEFAULT 'false' NOT NULL",
        "ALTER TABLE users ADD COLUMN last_seen_at TIMESTAMP WITH TIME ZONE",
        "ALTER TABLE users ADD COLUMN country_code VARCHAR(2)",
        "ALTER TABLE users ADD COLUMN platform VARCHAR(50)",
        "ALTER TABLE users ADD COLUMN skill_version VARCHAR(20)",
        "ALTER TABLE users ADD COLUMN install_source VARCHAR(50)",
        "ALTER TABLE users ADD COLUMN can_contribute BOOLEAN DEFAULT 'false' NOT NULL",
        "ALTER TABLE users ADD COLUMN entry_door VARCHAR(16)",
        "ALTER TABLE users ADD COLUMN invited_by UUID",
        "ALTER TABLE users ADD COLUMN invites_remaining INTEGER DEFAULT '0' NOT NULL",
        "ALTER TABLE users ADD CONSTRAINT fk_users_invited_by_users FOREIGN KEY(invited_by) REFERENCES users (id)",
    ]

    private static let gateway = [
        """
        CREATE TABLE api_keys (
            id SERIAL NOT NULL,
            caller_id VARCHAR NOT NULL,
            key_hash VARCHAR NOT NULL,
            role VARCHAR NOT NULL,
            trust_level INTEGER NOT NULL,
            environment VARCHAR NOT NULL,
            is_active BOOLEAN DEFAULT true NOT NULL,
            created_at TIMESTAMP WITHOUT TIME ZONE DEFAULT now() NOT NULL,
            last_used_at TIMESTAMP WITHOUT TIME ZONE,
            PRIMARY KEY (id)
        )
        """,
        "CREATE UNIQUE INDEX ix_api_keys_caller_id ON api_keys (caller_id)",
        """
        CREATE TABLE audit_events (
            id SERIAL NOT NULL,
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
            risk_labels JSONB DEFAULT '[]' NOT NULL,
            risk_score FLOAT NOT NULL,
            matched_policy_rule VARCHAR NOT NULL,
            decision VARCHAR NOT NULL,
            approver_id VARCHAR,
            execution_status VARCHAR,
            latency_ms INTEGER NOT NULL,
            output_hash VARCHAR,
            redaction_flags JSONB DEFAULT '[]' NOT NULL,
            llm_explanation TEXT,
            deterministic_rationale TEXT NOT NULL,
            PRIMARY KEY (id)
        )
        """,
        "CREATE UNIQUE INDEX ix_audit_events_request_id ON audit_events (request_id)",
        "CREATE INDEX ix_audit_events_timestamp ON audit_events (timestamp)",
        "CREATE INDEX ix_audit_events_caller_id ON audit_events (caller_id)",
        "CREATE INDEX ix_audit_events_decision ON audit_events (decision)",
        """
        CREATE TABLE approval_requests (
            id SERIAL NOT NULL,
            token VARCHAR NOT NULL,
            request_id VARCHAR NOT NULL,
            caller_id VARCHAR NOT NULL,
            tool_call JSONB NOT NULL,
            risk_explanation TEXT NOT NULL,
            created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
            expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
            status VARCHAR DEFAULT 'PENDING' NOT NULL,
            approver_id VARCHAR,
            decision_at TIMESTAMP WITHOUT TIME ZONE,
            approver_note VARCHAR,
            PRIMARY KEY (id)
        )
        """,
        "CREATE UNIQUE INDEX ix_approval_requests_token ON approval_requests (token)",
        "CREATE INDEX ix_approval_requests_request_id ON approval_requests (request_id)",
        "CREATE INDEX ix_approval_requests_status ON approval_requests (status)",
    ]

    private static let gatewaySince = [
        "ALTER TABLE api_keys ADD COLUMN org_id VARCHAR DEFAULT 'default' NOT NULL",
        "ALTER TABLE audit_events ADD COLUMN org_id VARCHAR DEFAULT 'default' NOT NULL",
        "ALTER TABLE audit_events ADD COLUMN output_decision VARCHAR DEFAULT 'ALLOW' NOT NULL",
        "ALTER TABLE audit_events ADD COLUMN output_policy_rationale TEXT",
        "ALTER TABLE approval_requests ADD COLUMN org_id VARCHAR DEFAULT 'default' NOT NULL",
        "ALTER TABLE approval_requests ADD COLUMN scope VARCHAR DEFAULT 'EXECUTION' NOT NULL",
        "ALTER TABLE approval_requests ADD COLUMN output_payload JSONB",
        "ALTER TABLE approval_requests ADD COLUMN output_hash VARCHAR",
    ]
}
