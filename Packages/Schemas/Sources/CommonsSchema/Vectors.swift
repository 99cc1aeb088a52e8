public import Migrations

extension CommonsRevisions {
    /// The vectors of traces as the chain `commons-vectors`, of one optional revision.
    ///
    /// It applies only to a PostgreSQL that has the extension `vector` with its HNSW index (0.5 or later) in this database
    /// already, which takes rights that a migrator need not have. Elsewhere, and on SQLite, it is neither pending nor an
    /// error; once the extension is there, the next upgrade brings it. Nothing else depends on it.
    public static let vectors: RevisionChain = {
        do {
            return try RevisionChain(name: "commons-vectors", revisions: [Self.traceEmbeddings])
        } catch {
            preconditionFailure("one revision stands in line by itself: \(error)")
        }
    }()

    private static let traceEmbeddings = Revision(
        "0001", parent: nil, title: "give traces a vector, and an index over them",
        dependsOn: [Revision.Key(chain: "commons", revision: "b2c3d4e5f6a7")],
        appliesWhere: Revision.Condition(postgres: "SELECT 1 FROM pg_am WHERE amname = 'hnsw'"),
        postgres: Revision.Script(
            up: [
                "ALTER TABLE traces ADD COLUMN embedding vector(1536)",
                """
                CREATE INDEX ix_traces_embedding_hnsw ON traces USING hnsw (embedding vector_cosine_ops)
                WITH (m = 16, ef_construction = 64)
                """,
            ],
            down: [
                "DROP INDEX ix_traces_embedding_hnsw",
                "ALTER TABLE traces DROP COLUMN embedding",
            ]
        )
    )
}
