import CommonsSchema
import Migrations
import Persistence
import PersistenceSQLite
import Testing

@Suite("Commons schema on SQLite")
struct CommonsRevisionsTests {
    /// Opens a database at a revision, lends it, and closes it.
    private func withDatabase(
        at target: MigrationTarget?, _ body: (SQLiteDatabase, Migrator) async throws -> Void
    ) async throws {
        let database = try await SQLiteDatabase.inMemory()
        let migrator = try Migrator(
            database: database, chains: [CommonsRevisions.chain], lock: FileMigrationLock(databasePath: database.path))
        do {
            if let target { try await migrator.upgrade(to: target) }
            try await body(database, migrator)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    @Test("the example of the README does what it says")
    func readme() async throws {
        let database = try await SQLiteDatabase.inMemory()
        let migrator = try Migrator(
            database: database, chains: [CommonsRevisions.chain], lock: FileMigrationLock(databasePath: database.path))
        try await migrator.upgrade()
        #expect(try await migrator.check() == [])
        await database.close()
    }

    @Test("has the three revisions in the prescribed order")
    func order() {
        let line = CommonsRevisions.chain.revisions.map { [$0.parent ?? "", $0.id] }
        #expect(line == [["", "a1b2c3d4e5f6"], ["a1b2c3d4e5f6", "b2c3d4e5f6a7"], ["b2c3d4e5f6a7", "c3d4e5f6a7b8"]])
    }

    @Test("names the first revision that PostgreSQL would lack", arguments: CommonsRevisions.chain.revisions.map(\.id))
    func postgresIsNotClaimed(_ id: String) throws {
        let revision = try #require(CommonsRevisions.chain.revisions.first { $0.id == id })
        #expect(revision.script(for: .sqlite) != nil)
        #expect(revision.script(for: .postgres) == nil)
    }

    @Test(
        "has the prescribed columns",
        arguments: [
            ("users", "id! email api_key_hash display_name reputation_score! is_seed! created_at! updated_at!"),
            (
                "traces",
                """
                id! title! context_text! solution_text! embedding_model_id embedding_model_version status! trust_score! \
                confirmation_count! contributor_id! agent_model agent_version metadata_json is_seed! created_at! updated_at! \
                is_stale! is_flagged! flagged_at
                """
            ),
            ("amendments", "id! original_trace_id! submitter_id! improved_solution! explanation! created_at!"),
            ("votes", "id! trace_id! voter_id! vote_type! feedback_text context_json created_at!"),
            ("tags", "id! name! is_curated! created_at!"), ("trace_tags", "trace_id! tag_id!"),
        ])
    func columns(_ table: String, _ expected: String) async throws {
        try await self.withDatabase(at: .head) { database, _ in
            let found = try await database.read { connection in
                try connection.query("SELECT name, \"notnull\" AS required FROM pragma_table_info(\(table)) ORDER BY cid").map {
                    try $0.decode("name", as: String.self) + ($0.decode("required", as: Bool.self) ? "!" : "")
                }
            }
            #expect(found.joined(separator: " ") == expected)
        }
    }

    @Test("has every index and constraint under its prescribed name")
    func names() async throws {
        try await self.withDatabase(at: .head) { database, _ in
            let (indexes, text) = try await database.read { connection in
                (
                    try connection.query("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
                        .map { try $0.decode("name", as: String.self) },
                    try connection.query("SELECT sql FROM sqlite_master WHERE type = 'table'")
                        .map { try $0.decode("sql", as: String.self) }.joined(separator: "\n")
                )
            }
            #expect(
                indexes == [
                    "ix_amendments_original_trace_id", "ix_amendments_submitter_id", "ix_tags_name", "ix_traces_contributor_id",
                    "ix_traces_created_at", "ix_traces_is_flagged", "ix_traces_is_stale", "ix_traces_status",
                ])
            let constraints = [
                "pk_users PRIMARY KEY", "pk_traces PRIMARY KEY", "pk_votes PRIMARY KEY", "pk_tags PRIMARY KEY",
                "pk_trace_tags PRIMARY KEY", "pk_amendments PRIMARY KEY", "uq_users_email UNIQUE", "uq_users_api_key_hash UNIQUE",
                "uq_tags_name UNIQUE", "uq_votes_trace_id_voter_id UNIQUE", "fk_traces_contributor_id_users",
                "fk_votes_trace_id_traces", "fk_votes_voter_id_users", "fk_trace_tags_trace_id_traces",
                "fk_trace_tags_tag_id_tags",
                "fk_amendments_original_trace_id_traces", "fk_amendments_submitter_id_users",
            ]
            for constraint in constraints { #expect(text.contains("CONSTRAINT \(constraint)"), "\(constraint)") }
            #expect(!text.uppercased().contains("CASCADE"))
        }
    }

    @Test("lets foreign keys lead where they are prescribed to lead")
    func foreignKeys() async throws {
        try await self.withDatabase(at: .head) { database, _ in
            let found = try await database.read { connection in
                try connection.query(
                    """
                    SELECT m.name || '.' || k."from" || ' ' || k."table" || '.' || k."to" || ' ' || k.on_delete AS line
                    FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS k WHERE m.type = 'table' ORDER BY line
                    """
                ).map { try $0.decode("line", as: String.self) }
            }
            #expect(
                found == [
                    "amendments.original_trace_id traces.id NO ACTION", "amendments.submitter_id users.id NO ACTION",
                    "trace_tags.tag_id tags.id NO ACTION", "trace_tags.trace_id traces.id NO ACTION",
                    "traces.contributor_id users.id NO ACTION", "votes.trace_id traces.id NO ACTION",
                    "votes.voter_id users.id NO ACTION",
                ])
        }
    }

    @Test("fills in the prescribed defaults, for rows of before the upgrade too")
    func defaults() async throws {
        try await self.withDatabase(at: .revision("b2c3d4e5f6a7", chain: nil)) { database, migrator in
            try await database.transaction { connection in
                try connection.execute("INSERT INTO users (id) VALUES ('u')")
                try connection.execute(
                    "INSERT INTO traces (id, title, context_text, solution_text, contributor_id) VALUES ('t', 't', 'c', 's', 'u')"
                )
            }
            try await migrator.upgrade()
            let trace = try #require(try await database.read { try $0.queryOne("SELECT * FROM traces") })
            #expect(try trace.decode("is_stale", as: Bool.self) == false)
            #expect(try trace.decode("is_flagged", as: Bool.self) == false)
            #expect(try trace.decode("flagged_at", as: Timestamp?.self) == nil)
            #expect(try trace.decode("status", as: String.self) == "pending")
            #expect(try trace.decode("trust_score", as: Double.self) == 0)
            #expect(try trace.decode("confirmation_count", as: Int.self) == 0)
            let written = try trace.decode("created_at", as: String.self)
            #expect(written.utf8.count == 27)
            #expect(Timestamp(rfc3339: written)?.rfc3339 == written)
        }
    }

    @Test("keeps text that looks like a number as text")
    func affinity() async throws {
        try await self.withDatabase(at: .head) { database, _ in
            let digits = "00000000000000000000000000000012"
            let row = try await database.transaction { connection in
                try connection.execute("INSERT INTO users (id, api_key_hash) VALUES (\(digits), \("1e5"))")
                try connection.execute(
                    """
                    INSERT INTO traces (id, title, context_text, solution_text, contributor_id, metadata_json)
                    VALUES (\("7"), \("1.0"), 'c', 's', \(digits), \(json: "12"))
                    """)
                return try connection.queryOne(
                    "SELECT u.id AS user_id, api_key_hash, title, metadata_json FROM users AS u JOIN traces ON contributor_id = u.id"
                )
            }
            #expect(row?["user_id"] == .text(digits))
            #expect(row?["api_key_hash"] == .text("1e5"))
            #expect(row?["title"] == .text("1.0"))
            #expect(row?["metadata_json"] == .text("12"))
        }
    }

    @Test("returns on the way down to exactly the schema of before", arguments: ["a1b2c3d4e5f6", "b2c3d4e5f6a7"])
    func downAndUp(_ revision: String) async throws {
        try await self.withDatabase(at: .revision(revision, chain: "commons")) { database, migrator in
            let before = try await database.read { try SchemaPicture($0) }
            try await migrator.upgrade()
            let full = try await database.read { try SchemaPicture($0) }
            #expect(full != before)
            try await migrator.downgrade(to: .revision(revision, chain: nil))
            #expect(try await database.read { try SchemaPicture($0) } == before)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaPicture($0) } == full)
            try await migrator.downgrade(to: .base)
            let tables = try await database.read { try $0.query("SELECT name FROM sqlite_master WHERE type = 'table'") }
            #expect(try tables.map { try $0.decode("name", as: String.self) } == ["gatehouse_revisions"])
        }
    }

    @Test("refuses a second vote, a second owner of a key and an orphan by name")
    func constraintsWork() async throws {
        try await self.withDatabase(at: .head) { database, _ in
            try await database.transaction { connection in
                try connection.execute("INSERT INTO users (id, api_key_hash) VALUES ('u', 'hash'), ('v', NULL), ('w', NULL)")
                try connection.execute(
                    "INSERT INTO traces (id, title, context_text, solution_text, contributor_id) VALUES ('t', 't', 'c', 's', 'u')"
                )
                try connection.execute("INSERT INTO votes (id, trace_id, voter_id, vote_type) VALUES ('1', 't', 'v', 'up')")
            }
            let cases: [(SQL, PersistenceError.Code, String?)] = [
                (
                    "INSERT INTO votes (id, trace_id, voter_id, vote_type) VALUES ('2', 't', 'v', 'down')", .uniqueViolation,
                    "uq_votes_trace_id_voter_id"
                ),
                ("UPDATE users SET api_key_hash = 'hash' WHERE id = 'v'", .uniqueViolation, "uq_users_api_key_hash"),
                ("INSERT INTO users (id) VALUES ('u')", .uniqueViolation, "pk_users"),
                ("DELETE FROM users WHERE id = 'u'", .foreignKeyViolation, nil),
            ]
            for (statement, code, constraint) in cases {
                let error = await #expect(throws: PersistenceError.self) {
                    try await database.write { try $0.execute(statement) }
                }
                #expect(error?.code == code)
                #expect(error?.constraint == constraint)
            }
        }
    }
}
