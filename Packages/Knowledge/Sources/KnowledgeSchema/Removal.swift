import Migrations

extension KnowledgeRevisions {
    /// A row stays when its trace is removed, so that a mistake can be undone and the audit journal has something to point at.
    ///
    /// - Warning: On the way down removed traces become flagged ones, which older servers hide from searches, but do show by their ids.
    static let removal = Revision(
        "0001",
        parent: nil,
        title: "traces that moderators removed",
        dependsOn: [Revision.Key(chain: "commons", revision: "d4e5f6a7b8c9")],
        sqlite: Revision.Script(
            up: [
                "ALTER TABLE traces ADD COLUMN removed_at TEXT",
                "ALTER TABLE traces ADD COLUMN removed_by CHAR(36)",
            ],
            down: [
                Self.flagRemoved, "ALTER TABLE traces DROP COLUMN removed_by", "ALTER TABLE traces DROP COLUMN removed_at",
            ]
        ),
        postgres: Revision.Script(
            up: ["ALTER TABLE traces ADD COLUMN removed_at TIMESTAMP WITH TIME ZONE, ADD COLUMN removed_by UUID"],
            down: [Self.flagRemoved, "ALTER TABLE traces DROP COLUMN removed_by, DROP COLUMN removed_at"]
        )
    )

    private static let flagRemoved: StaticString = """
        UPDATE traces SET is_flagged = TRUE, flagged_at = COALESCE(flagged_at, removed_at) WHERE removed_at IS NOT NULL
        """
}
