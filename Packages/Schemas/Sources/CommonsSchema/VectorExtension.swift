import Migrations

extension CommonsRevisions {
    /// SQLite has no extension to load; the revision keeps its place, so that both dialects have one history.
    static let vectorExtension = Revision(
        "a1b2c3d4e5f6", parent: nil, title: "enable vectors",
        sqlite: Revision.Script(up: [], down: [])
    )
}
