import Migrations

extension GatewayRevisions {
    static let organisations = Revision(
        "0002", parent: "0001", title: "name organisations, and decide over outputs",
        sqlite: Revision.Script(
            up: [
                "ALTER TABLE api_keys ADD COLUMN org_id VARCHAR NOT NULL DEFAULT 'default'",
                "ALTER TABLE audit_events ADD COLUMN org_id VARCHAR NOT NULL DEFAULT 'default'",
                "ALTER TABLE audit_events ADD COLUMN output_decision VARCHAR NOT NULL DEFAULT 'ALLOW'",
                "ALTER TABLE audit_events ADD COLUMN output_policy_rationale TEXT",
                "ALTER TABLE approval_requests ADD COLUMN org_id VARCHAR NOT NULL DEFAULT 'default'",
                "ALTER TABLE approval_requests ADD COLUMN scope VARCHAR NOT NULL DEFAULT 'EXECUTION'",
                "ALTER TABLE approval_requests ADD COLUMN output_payload TEXT",
                "ALTER TABLE approval_requests ADD COLUMN output_hash VARCHAR",
            ],
            down: Self.dropColumns
        ),
        postgres: Revision.Script(
            up: [
                "ALTER TABLE api_keys ADD COLUMN org_id VARCHAR NOT NULL DEFAULT 'default'",
                "ALTER TABLE audit_events ADD COLUMN org_id VARCHAR NOT NULL DEFAULT 'default'",
                "ALTER TABLE audit_events ADD COLUMN output_decision VARCHAR NOT NULL DEFAULT 'ALLOW'",
                "ALTER TABLE audit_events ADD COLUMN output_policy_rationale TEXT",
                "ALTER TABLE approval_requests ADD COLUMN org_id VARCHAR NOT NULL DEFAULT 'default'",
                "ALTER TABLE approval_requests ADD COLUMN scope VARCHAR NOT NULL DEFAULT 'EXECUTION'",
                "ALTER TABLE approval_requests ADD COLUMN output_payload JSONB",
                "ALTER TABLE approval_requests ADD COLUMN output_hash VARCHAR",
            ],
            down: Self.dropColumns
        )
    )

    private static let dropColumns: [StaticString] = [
        "ALTER TABLE approval_requests DROP COLUMN output_hash",
        "ALTER TABLE approval_requests DROP COLUMN output_payload",
        "ALTER TABLE approval_requests DROP COLUMN scope",
        "ALTER TABLE approval_requests DROP COLUMN org_id",
        "ALTER TABLE audit_events DROP COLUMN output_policy_rationale",
        "ALTER TABLE audit_events DROP COLUMN output_decision",
        "ALTER TABLE audit_events DROP COLUMN org_id",
        "ALTER TABLE api_keys DROP COLUMN org_id",
    ]
}
