import Migrations

extension CommonsRevisions {
    static let domainReputation = Revision(
        "d4e5f6a7b8c9", parent: "c3d4e5f6a7b8", title: "count the reputation of contributors by domain",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE contributor_domain_reputation (
                    id CHAR(36) NOT NULL,
                    contributor_id CHAR(36) NOT NULL,
                    domain_tag VARCHAR(50) NOT NULL,
                    upvote_count INTEGER NOT NULL DEFAULT 0,
                    downvote_count INTEGER NOT NULL DEFAULT 0,
                    wilson_score FLOAT NOT NULL DEFAULT 0.0,
                    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
                    CONSTRAINT pk_contributor_domain_reputation PRIMARY KEY (id),
                    CONSTRAINT uq_contributor_domain_reputation_contributor_domain UNIQUE (contributor_id, domain_tag),
                    CONSTRAINT fk_cdr_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES users (id)
                )
                """,
                "CREATE INDEX ix_cdr_contributor_id ON contributor_domain_reputation (contributor_id)",
                "CREATE INDEX ix_cdr_domain_tag ON contributor_domain_reputation (domain_tag)",
            ],
            down: [
                "DROP INDEX ix_cdr_domain_tag",
                "DROP INDEX ix_cdr_contributor_id",
                "DROP TABLE contributor_domain_reputation",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE contributor_domain_reputation (
                    id UUID NOT NULL,
                    contributor_id UUID NOT NULL,
                    domain_tag VARCHAR(50) NOT NULL,
                    upvote_count INTEGER NOT NULL DEFAULT 0,
                    downvote_count INTEGER NOT NULL DEFAULT 0,
                    wilson_score DOUBLE PRECISION NOT NULL DEFAULT 0.0,
                    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                    CONSTRAINT pk_contributor_domain_reputation PRIMARY KEY (id),
                    CONSTRAINT uq_contributor_domain_reputation_contributor_domain UNIQUE (contributor_id, domain_tag),
                    CONSTRAINT fk_cdr_contributor_id_users FOREIGN KEY (contributor_id) REFERENCES users (id)
                )
                """,
                "CREATE INDEX ix_cdr_contributor_id ON contributor_domain_reputation (contributor_id)",
                "CREATE INDEX ix_cdr_domain_tag ON contributor_domain_reputation (domain_tag)",
            ],
            down: [
                "DROP INDEX ix_cdr_domain_tag",
                "DROP INDEX ix_cdr_contributor_id",
                "DROP TABLE contributor_domain_reputation",
            ]
        )
    )
}
