import Migrations

extension ApprovalRevisions {
    static let cacheDebts = Revision(
        "0002",
        parent: "0001",
        title: "what a cache of approvals has still to forget",
        sqlite: Revision.Script(
            up: [
                """
                CREATE TABLE approval_cache_debts (
                    token VARCHAR(64) NOT NULL,
                    gone_until TEXT NOT NULL,
                    CONSTRAINT pk_approval_cache_debts PRIMARY KEY (token)
                )
                """
            ],
            down: ["DROP TABLE approval_cache_debts"]
        ),
        postgres: Revision.Script(
            up: [
                """
                CREATE TABLE approval_cache_debts (
                    token VARCHAR(64) NOT NULL,
                    gone_until TIMESTAMP WITHOUT TIME ZONE NOT NULL,
                    CONSTRAINT pk_approval_cache_debts PRIMARY KEY (token)
                )
                """
            ],
            down: ["DROP TABLE approval_cache_debts"]
        )
    )
}
