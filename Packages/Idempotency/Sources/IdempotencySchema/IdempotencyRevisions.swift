public import Migrations

/// The table of idempotency keys: chain `idempotency`, which stands on no other.
///
/// `0001` makes `idempotency_keys`. A row is one claim of a key, for one server secret:
///
/// | column | holds |
/// | --- | --- |
/// | `digest` | keyed digest (41 bytes) of key, caller, method and path template; the primary key |
/// | `caller_digest`, `request_digest` | keyed digests of the caller, and of parameters, body and scopes |
/// | `claim_id` | names the claim; its rows, one for each secret of the ring, share it |
/// | `state` | `RUNNING`, `ANSWERED` or `UNKNOWN` |
/// | `deadline` | until when a running request may be believed to run |
/// | `status`, `answer` | of an answered request; the answer is sealed, or NULL when it was too large |
/// | `created_at`, `expires_at` | when it was claimed, and from when on it counts as never seen |
public enum IdempotencyRevisions {
    /// The chain, whose head is `0001`.
    public static let chain: RevisionChain = {
        do {
            return try RevisionChain(name: "idempotency", revisions: [Self.keys])
        } catch {
            preconditionFailure("the revisions of idempotency keys stand in one line: \(error)")
        }
    }()

    private static let keys = Revision(
        "0001",
        parent: nil,
        title: "idempotency keys with their answers",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE idempotency_keys (
                    digest BLOB NOT NULL,
                    caller_digest BLOB NOT NULL,
                    request_digest BLOB NOT NULL,
                    claim_id VARCHAR(36) NOT NULL,
                    state VARCHAR(10) NOT NULL,
                    deadline TEXT NOT NULL,
                    status INTEGER,
                    answer BLOB,
                    created_at TEXT NOT NULL,
                    expires_at TEXT NOT NULL,
                    CONSTRAINT pk_idempotency_keys PRIMARY KEY (digest),
                    CONSTRAINT ck_idempotency_keys_state CHECK (state IN ('RUNNING', 'ANSWERED', 'UNKNOWN'))
                )
                """
            ] + Self.indexes,
            down: Self.drops
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE idempotency_keys (
                    digest BYTEA NOT NULL,
                    caller_digest BYTEA NOT NULL,
                    request_digest BYTEA NOT NULL,
                    claim_id VARCHAR(36) NOT NULL,
                    state VARCHAR(10) NOT NULL,
                    deadline TIMESTAMP WITHOUT TIME ZONE NOT NULL,
                    status INTEGER,
                    answer BYTEA,
                    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
                    expires_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
                    CONSTRAINT pk_idempotency_keys PRIMARY KEY (digest),
                    CONSTRAINT ck_idempotency_keys_state CHECK (state IN ('RUNNING', 'ANSWERED', 'UNKNOWN'))
                )
                """
            ] + Self.indexes,
            down: Self.drops
        )
    )

    private static let indexes: [StaticString] = [
        "CREATE INDEX ix_idempotency_keys_claim_id ON idempotency_keys (claim_id)",
        "CREATE INDEX ix_idempotency_keys_caller_digest ON idempotency_keys (caller_digest, expires_at)",
        "CREATE INDEX ix_idempotency_keys_expires_at ON idempotency_keys (expires_at)",
    ]

    private static let drops: [StaticString] = [
        "DROP INDEX ix_idempotency_keys_expires_at",
        "DROP INDEX ix_idempotency_keys_caller_digest",
        "DROP INDEX ix_idempotency_keys_claim_id",
        "DROP TABLE idempotency_keys",
    ]
}
