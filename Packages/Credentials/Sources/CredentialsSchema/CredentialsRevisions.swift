public import Migrations

/// The table of deposited credentials: chain `credentials`, which stands on no other.
///
/// `0001` makes `stored_credentials`. A row is what one owner has deposited:
///
/// | column | holds |
/// | --- | --- |
/// | `owner_digest` | keyed digest (41 bytes) of the caller or the session; the primary key |
/// | `sealed` | the credentials, sealed for this owner |
/// | `created_at`, `expires_at` | when they were deposited, and from when on they count as not there |
public enum CredentialsRevisions {
    /// The chain, whose head is `0001`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "credentials", revisions: [Self.table])
        } catch {
            preconditionFailure("the revisions of credentials stand in one line: \(error)")
        }
    }()

    private static let table = Revision(
        "0001",
        parent: nil,
        title: "credentials that owners have deposited, sealed",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE stored_credentials (
                    owner_digest BLOB NOT NULL,
                    sealed BLOB NOT NULL,
                    created_at TEXT NOT NULL,
                    expires_at TEXT NOT NULL,
                    CONSTRAINT pk_stored_credentials PRIMARY KEY (owner_digest)
                )
                """,
                Self.index,
            ],
            down: Self.drops
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE stored_credentials (
                    owner_digest BYTEA NOT NULL,
                    sealed BYTEA NOT NULL,
                    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
                    CONSTRAINT pk_stored_credentials PRIMARY KEY (owner_digest)
                )
                """,
                Self.index,
            ],
            down: Self.drops
        )
    )

    private static let index: StaticString = "CREATE INDEX ix_stored_credentials_expires_at ON stored_credentials (expires_at)"

    private static let drops: [StaticString] = [
        "DROP INDEX ix_stored_credentials_expires_at",
        "DROP TABLE stored_credentials",
    ]
}
