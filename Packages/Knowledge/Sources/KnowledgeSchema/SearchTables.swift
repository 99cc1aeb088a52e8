import Migrations

extension KnowledgeRevisions {
    /// What search looks things up in. A document is made once with its trace and never changed; what must not be found is
    /// left out when documents are joined to their traces.
    static let search = Revision(
        "0003",
        parent: "0002",
        title: "the words of traces, to search them",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE trace_documents (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    trace_id CHAR(36) NOT NULL,
                    CONSTRAINT uq_trace_documents_trace_id UNIQUE (trace_id),
                    CONSTRAINT fk_trace_documents_trace_id_traces
                        FOREIGN KEY (trace_id) REFERENCES traces (id) ON DELETE CASCADE
                )
                """,
                // The text comes cut into words, so whatever is no ASCII is a letter, and a bare `_` holds a place open.
                """
                CREATE VIRTUAL TABLE trace_words USING fts5(
                    title, tags, context, solution, content = '', tokenize = "ascii tokenchars '_'"
                )
                """,
                """
                CREATE TABLE search_terms (
                    term TEXT NOT NULL,
                    reversed TEXT NOT NULL,
                    CONSTRAINT pk_search_terms PRIMARY KEY (term)
                ) WITHOUT ROWID
                """,
                "CREATE INDEX ix_search_terms_reversed ON search_terms (reversed)",
                "CREATE INDEX ix_trace_tags_tag_id ON trace_tags (tag_id, trace_id)",
            ],
            down: [
                "DROP INDEX ix_trace_tags_tag_id",
                "DROP INDEX ix_search_terms_reversed",
                "DROP TABLE search_terms",
                "DROP TABLE trace_words",
                "DROP TABLE trace_documents",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE trace_documents (
                    number BIGINT GENERATED ALWAYS AS IDENTITY,
                    trace_id UUID NOT NULL,
                    words TSVECTOR NOT NULL,
                    CONSTRAINT pk_trace_documents PRIMARY KEY (number),
                    CONSTRAINT uq_trace_documents_trace_id UNIQUE (trace_id),
                    CONSTRAINT fk_trace_documents_trace_id_traces
                        FOREIGN KEY (trace_id) REFERENCES traces (id) ON DELETE CASCADE
                )
                """,
                // New documents wait in a short list, which a search reads to its end: half a megabyte, not four.
                """
                CREATE INDEX ix_trace_documents_words ON trace_documents USING gin (words)
                WITH (fastupdate = on, gin_pending_list_limit = 512)
                """,
                """
                CREATE TABLE search_terms (
                    term TEXT COLLATE "C" NOT NULL,
                    reversed TEXT COLLATE "C" NOT NULL,
                    CONSTRAINT pk_search_terms PRIMARY KEY (term)
                )
                """,
                "CREATE INDEX ix_search_terms_reversed ON search_terms (reversed)",
                "CREATE INDEX ix_trace_tags_tag_id ON trace_tags (tag_id, trace_id)",
            ],
            down: [
                "DROP INDEX ix_trace_tags_tag_id",
                "DROP INDEX ix_search_terms_reversed",
                "DROP TABLE search_terms",
                "DROP INDEX ix_trace_documents_words",
                "DROP TABLE trace_documents",
            ]
        )
    )
}
