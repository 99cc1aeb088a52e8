public import Migrations

/// The prescribed tables of the commons as the chain `commons`: users, traces, votes, tags, trace_tags, amendments and
/// contributor_domain_reputation.
///
/// `a1b2c3d4e5f6` → `b2c3d4e5f6a7` → `c3d4e5f6a7b8` → `d4e5f6a7b8c9`; the ids are those of the system that these tables
/// come from, and so is every name of a constraint and an index (CONTRACTS §2.1).
///
/// How the prescribed types appear on SQLite: `uuid` is `CHAR(36)`, instants and JSON are `TEXT`, so that no value is
/// ever taken for a number; booleans are 0 or 1; `varchar(n)` keeps its length as a name only, so the application checks
/// it. On PostgreSQL the types are the prescribed ones.
public enum CommonsRevisions {
    /// The chain, whose head is `d4e5f6a7b8c9`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(
                name: "commons",
                revisions: [Self.vectorExtension, Self.initialTables, Self.amendments, Self.domainReputation])
        } catch {
            preconditionFailure("the revisions of the commons stand in one line: \(error)")
        }
    }()
}
