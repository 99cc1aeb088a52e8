import Migrations

extension FreshnessRevisions {
    static let queue = Revision(
        "0001",
        parent: nil,
        title: "how old traces are, and when they are looked at next",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE trace_freshness (
                    trace_id CHAR(36) NOT NULL,
                    created_at TEXT NOT NULL,
                    due_at TEXT,
                    attempts INTEGER NOT NULL,
                    lease VARCHAR(32),
                    lease_until TEXT,
                    grade VARCHAR(12),
                    package TEXT,
                    pinned TEXT,
                    latest_version TEXT,
                    reason TEXT,
                    checked_at TEXT,
                    CONSTRAINT pk_trace_freshness PRIMARY KEY (trace_id),
                    CONSTRAINT ck_trace_freshness_lease CHECK ((lease IS NULL) = (lease_until IS NULL)),
                    CONSTRAINT ck_trace_freshness_grade CHECK (
                        grade IN ('current', 'patch', 'minor', 'major', 'yanked', 'deprecated', 'unknown')
                    ),
                    CONSTRAINT ck_trace_freshness_checked_at CHECK ((grade IS NULL) = (checked_at IS NULL))
                )
                """,
                "CREATE INDEX ix_trace_freshness_due_at ON trace_freshness (due_at) WHERE due_at IS NOT NULL",
            ],
            down: ["DROP TABLE trace_freshness"]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE trace_freshness (
                    trace_id UUID NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    due_at TIMESTAMP WITH TIME ZONE,
                    attempts INTEGER NOT NULL,
                    lease VARCHAR(32),
                    lease_until TIMESTAMP WITH TIME ZONE,
                    grade VARCHAR(12),
                    package TEXT,
                    pinned TEXT,
                    latest_version TEXT,
                    reason TEXT,
                    checked_at TIMESTAMP WITH TIME ZONE,
                    CONSTRAINT pk_trace_freshness PRIMARY KEY (trace_id),
                    CONSTRAINT ck_trace_freshness_lease CHECK ((lease IS NULL) = (lease_until IS NULL)),
                    CONSTRAINT ck_trace_freshness_grade CHECK (
                        grade IN ('current', 'patch', 'minor', 'major', 'yanked', 'deprecated', 'unknown')
                    ),
                    CONSTRAINT ck_trace_freshness_checked_at CHECK ((grade IS NULL) = (checked_at IS NULL))
                )
                """,
                "CREATE INDEX ix_trace_freshness_due_at ON trace_freshness (due_at) WHERE due_at IS NOT NULL",
            ],
            down: ["DROP TABLE trace_freshness"]
        )
    )
}
