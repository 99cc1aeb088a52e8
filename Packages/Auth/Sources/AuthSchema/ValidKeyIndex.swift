import Migrations

extension AuthRevisions {
    /// A revoked key keeps its row, so that it never comes back. Whoever presents it must not be able to tell by the time it takes
    /// that it was a key once, so the look-up goes by an index that has never heard of it.
    static let validKeyIndex = Revision(
        "0005",
        parent: "0004",
        title: "an index of keys that are not revoked",
        sqlite: Revision.Script(
            up: ["CREATE INDEX ix_caller_keys_valid_digest ON caller_keys (digest) WHERE revoked_at IS NULL"],
            down: ["DROP INDEX ix_caller_keys_valid_digest"]
        ),
        postgres: Revision.Script(
            up: ["CREATE INDEX ix_caller_keys_valid_digest ON caller_keys (digest) WHERE revoked_at IS NULL"],
            down: ["DROP INDEX ix_caller_keys_valid_digest"]
        )
    )
}
