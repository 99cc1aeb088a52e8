import Migrations

extension WebhooksRevisions {
    static let sealedURLs = Revision(
        "0002",
        parent: "0001",
        title: "URLs of webhooks whose query may be a secret, sealed",
        sqlite: Revision.Script(
            up: ["ALTER TABLE webhook_endpoints ADD COLUMN sealed_url BLOB"],
            down: ["ALTER TABLE webhook_endpoints DROP COLUMN sealed_url"]
        ),
        postgres: Revision.Script(
            up: ["ALTER TABLE webhook_endpoints ADD COLUMN sealed_url BYTEA"],
            down: ["ALTER TABLE webhook_endpoints DROP COLUMN sealed_url"]
        )
    )
}
