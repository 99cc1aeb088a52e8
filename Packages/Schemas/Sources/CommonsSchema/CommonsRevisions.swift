public import Migrations

/// The prescribed tables of the commons: users, traces, votes, tags, trace_tags and amendments, as the chain `commons`.
///
/// `a1b2c3d4e5f6` → `b2c3d4e5f6a7` → `c3d4e5f6a7b8`; the ids are those of the system that these tables come from.
///
/// How the prescribed types appear on SQLite: `uuid` is `CHAR(36)`, instants and JSON are `TEXT`, so that no value is
/// ever taken for a number; booleans are 0 or 1; `varchar(n)` keeps its length as a name only, so the application checks
/// it. Vectors (`traces.embedding` and its index) exist on PostgreSQL only.
public enum CommonsRevisions {
    /// The chain, whose head is `c3d4e5f6a7b8`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "commons", revisions: [Self.vectorExtension, Self.initialTables, Self.amendments])
        } catch {
            preconditionFailure("the revisions of the commons stand in one line: \(error)")
        }
    }()
}
