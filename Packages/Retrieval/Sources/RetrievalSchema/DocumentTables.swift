import Migrations

extension RetrievalRevisions {
    static let documents = Revision(
        "0001",
        parent: nil,
        title: "documents, their passages, and the words that these are found by",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE document_owners (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    owner TEXT NOT NULL,
                    documents INTEGER NOT NULL,
                    bytes INTEGER NOT NULL,
                    passages INTEGER NOT NULL,
                    CONSTRAINT uq_document_owners_owner UNIQUE (owner),
                    CONSTRAINT ck_document_owners_documents CHECK (documents >= 0 AND bytes >= 0 AND passages >= 0)
                )
                """,
                """
                CREATE TABLE documents (
                    id CHAR(36) NOT NULL,
                    owner_number INTEGER NOT NULL,
                    filename TEXT NOT NULL,
                    content_type TEXT NOT NULL,
                    bytes INTEGER NOT NULL,
                    sha256 CHAR(64) NOT NULL,
                    status VARCHAR(10) NOT NULL,
                    reason TEXT,
                    pages INTEGER,
                    passages INTEGER NOT NULL,
                    findings TEXT NOT NULL,
                    server CHAR(36) NOT NULL,
                    attempts INTEGER NOT NULL,
                    due_at TEXT,
                    lease VARCHAR(32),
                    lease_until TEXT,
                    created_at TEXT NOT NULL,
                    updated_at TEXT NOT NULL,
                    CONSTRAINT pk_documents PRIMARY KEY (id),
                    CONSTRAINT fk_documents_owner_number_document_owners
                        FOREIGN KEY (owner_number) REFERENCES document_owners (number),
                    CONSTRAINT ck_documents_status CHECK (status IN ('processing', 'ready', 'failed', 'deleting')),
                    CONSTRAINT ck_documents_due_at CHECK ((due_at IS NOT NULL) = (status IN ('processing', 'deleting'))),
                    CONSTRAINT ck_documents_lease CHECK ((lease IS NULL) = (lease_until IS NULL))
                )
                """,
                "CREATE INDEX ix_documents_owner_number ON documents (owner_number, created_at, id)",
                "CREATE INDEX ix_documents_due_at ON documents (due_at) WHERE due_at IS NOT NULL",
                """
                CREATE TABLE document_passages (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    document_id CHAR(36) NOT NULL,
                    owner_number INTEGER NOT NULL,
                    chunk_position INTEGER NOT NULL,
                    page INTEGER,
                    text_start INTEGER NOT NULL,
                    text_end INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    lexemes TEXT NOT NULL,
                    CONSTRAINT uq_document_passages_document_id UNIQUE (document_id, chunk_position),
                    CONSTRAINT fk_document_passages_document_id_documents FOREIGN KEY (document_id) REFERENCES documents (id)
                )
                """,
                // The words come cut, so whatever is no ASCII is a letter, and `_` begins the number of an owner. Nothing asks where a
                // word stands.
                """
                CREATE VIRTUAL TABLE document_words USING fts5(
                    lexemes, content = 'document_passages', content_rowid = 'number', detail = 'none',
                    tokenize = "ascii tokenchars '_'"
                )
                """,
            ],
            down: [
                "DROP TABLE document_words",
                "DROP TABLE document_passages",
                "DROP TABLE documents",
                "DROP TABLE document_owners",
            ]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE document_owners (
                    number BIGINT GENERATED ALWAYS AS IDENTITY,
                    owner TEXT COLLATE "C" NOT NULL,
                    documents BIGINT NOT NULL,
                    bytes BIGINT NOT NULL,
                    passages BIGINT NOT NULL,
                    CONSTRAINT pk_document_owners PRIMARY KEY (number),
                    CONSTRAINT uq_document_owners_owner UNIQUE (owner),
                    CONSTRAINT ck_document_owners_documents CHECK (documents >= 0 AND bytes >= 0 AND passages >= 0)
                )
                """,
                """
                CREATE TABLE documents (
                    id UUID NOT NULL,
                    owner_number BIGINT NOT NULL,
                    filename TEXT NOT NULL,
                    content_type TEXT NOT NULL,
                    bytes BIGINT NOT NULL,
                    sha256 CHAR(64) NOT NULL,
                    status VARCHAR(10) NOT NULL,
                    reason TEXT,
                    pages BIGINT,
                    passages BIGINT NOT NULL,
                    findings TEXT NOT NULL,
                    server UUID NOT NULL,
                    attempts INTEGER NOT NULL,
                    due_at TIMESTAMP WITH TIME ZONE,
                    lease VARCHAR(32),
                    lease_until TIMESTAMP WITH TIME ZONE,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT pk_documents PRIMARY KEY (id),
                    CONSTRAINT fk_documents_owner_number_document_owners
                        FOREIGN KEY (owner_number) REFERENCES document_owners (number),
                    CONSTRAINT ck_documents_status CHECK (status IN ('processing', 'ready', 'failed', 'deleting')),
                    CONSTRAINT ck_documents_due_at CHECK ((due_at IS NOT NULL) = (status IN ('processing', 'deleting'))),
                    CONSTRAINT ck_documents_lease CHECK ((lease IS NULL) = (lease_until IS NULL))
                )
                """,
                "CREATE INDEX ix_documents_owner_number ON documents (owner_number, created_at, id)",
                "CREATE INDEX ix_documents_due_at ON documents (due_at) WHERE due_at IS NOT NULL",
                """
                CREATE TABLE document_passages (
                    number BIGINT GENERATED ALWAYS AS IDENTITY,
                    document_id UUID NOT NULL,
                    owner_number BIGINT NOT NULL,
                    chunk_position BIGINT NOT NULL,
                    page BIGINT,
                    text_start BIGINT NOT NULL,
                    text_end BIGINT NOT NULL,
                    text TEXT NOT NULL,
                    lexemes TEXT NOT NULL,
                    words TSVECTOR NOT NULL,
                    CONSTRAINT pk_document_passages PRIMARY KEY (number),
                    CONSTRAINT uq_document_passages_document_id UNIQUE (document_id, chunk_position),
                    CONSTRAINT fk_document_passages_document_id_documents FOREIGN KEY (document_id) REFERENCES documents (id)
                )
                """,
                // New passages wait in a short list, which a search reads to its end: half a megabyte, not four.
                """
                CREATE INDEX ix_document_passages_words ON document_passages USING gin (words)
                WITH (fastupdate = on, gin_pending_list_limit = 512)
                """,
            ],
            down: [
                "DROP TABLE document_passages",
                "DROP TABLE documents",
                "DROP TABLE document_owners",
            ]
        )
    )
}
