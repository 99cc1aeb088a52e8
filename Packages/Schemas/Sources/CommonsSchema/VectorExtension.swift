import Migrations

extension CommonsRevisions {
    /// The revision keeps its place, so that both dialects have one history: SQLite has no extension to load, and
    /// whoever may load one into PostgreSQL is not the one who migrates. Columns of vectors have a chain of their own.
    static let vectorExtension = Revision(
        "a1b2c3d4e5f6", parent: nil, title: "enable vectors",
        sqlite: Revision.Script(up: [], down: []),
        postgres: Revision.Script(up: [], down: [])
    )
}
