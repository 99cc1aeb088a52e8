import CommonsSchema
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@Suite("Commons schema")
struct CommonsRevisionsTests {
    private static let user = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"
    private static let otherUser = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e70"
    private static let trace = "11111111-1111-4111-8111-111111111111"

    @Test("the example of the README does what it says", arguments: TestStore.allCases)
    func readme(_ store: TestStore) async throws {
        try await withTestDatabase(store) { database in
            let lock = NoMigrationLock()
            let migrator = try Migrator(database: database, chains: [CommonsRevisions.chain], lock: lock)
            try await migrator.upgrade()
            #expect(try await migrator.check() == [])
        }
    }

    @Test("has the revisions in the prescribed order")
    func order() {
        let line = CommonsRevisions.chain.revisions.map { [$0.parent ?? "", $0.id] }
        #expect(
            line == [
                ["", "a1b2c3d4e5f6"], ["a1b2c3d4e5f6", "b2c3d4e5f6a7"], ["b2c3d4e5f6a7", "c3d4e5f6a7b8"],
                ["c3d4e5f6a7b8", "d4e5f6a7b8c9"],
            ])
    }

    @Test("keeps the checksums that databases in the field have recorded")
    func checksums() async throws {
        try await withMigratedDatabase(.sqlite, [CommonsRevisions.chain]) { database, _ in
            let found = try await database.read { connection in
                try connection.query("SELECT revision, checksum FROM gatehouse_revisions ORDER BY position").map {
                    try $0.decode("revision", as: String.self) + " " + $0.decode("checksum", as: String.self)
                }
            }
            #expect(
                found == [
                    "a1b2c3d4e5f6 b8aa07daca1320660e7cdf6702277709c373573bc79de1b182d5f7558156c884",
                    "b2c3d4e5f6a7 77e89ee4315700ec3d8fed478b92489f205d499170a359b659f0344da348c5c8",
                    "c3d4e5f6a7b8 0b29b8444e35db8e8f5a86329fc1baa7446209ded2b517b324c3b74914569e48",
                    "d4e5f6a7b8c9 8f39d34c1ad1f29d5b2838bb6cd634ad17ddebb1544d5b061b7514d55f9e2fc8",

                ])
        }
    }

    @Test("fills in the prescribed defaults, for rows of before the upgrade too", arguments: TestStore.allCases)
    func defaults(_ store: TestStore) async throws {
        let target = MigrationTarget.revision("b2c3d4e5f6a7", chain: nil)
        try await withMigratedDatabase(store, [CommonsRevisions.chain], at: target) { database, migrator in
            try await Self.insertTrace(database)
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
            let age = try trace.decode("created_at", as: Timestamp.self).duration(to: .now())
            #expect(age > .seconds(-60) && age < .seconds(3_600))
        }
    }

    @Test("keeps text that looks like a number as text", arguments: TestStore.allCases)
    func affinity(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [CommonsRevisions.chain]) { database, _ in
            let digits = "00000000-0000-0000-0000-000000000012"
            let row = try await database.transaction { connection in
                try connection.execute("INSERT INTO users (id, api_key_hash) VALUES (\(digits), \("1e5"))")
                try connection.execute(
                    """
                    INSERT INTO traces (id, title, context_text, solution_text, contributor_id, metadata_json)
                    VALUES (\(Self.trace), \("1.0"), 'c', 's', \(digits), \(json: "12"))
                    """)
                return try connection.queryOne(
                    "SELECT u.id AS user_id, api_key_hash, title, metadata_json FROM users AS u JOIN traces ON contributor_id = u.id"
                )
            }
            #expect(try row?.decode("user_id", as: String.self) == digits)
            #expect(row?["api_key_hash"] == .text("1e5"))
            #expect(row?["title"] == .text("1.0"))
            #expect(try row?.decode("metadata_json", as: String.self) == "12")
        }
    }

    @Test("refuses a second vote, a second owner of a key and an orphan by name", arguments: TestStore.allCases)
    func constraintsWork(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [CommonsRevisions.chain]) { database, _ in
            try await Self.insertTrace(database)
            try await database.transaction { connection in
                try connection.execute("UPDATE users SET api_key_hash = 'hash'")
                try connection.execute("INSERT INTO users (id) VALUES (\(Self.otherUser))")
                try connection.execute(
                    """
                    INSERT INTO votes (id, trace_id, voter_id, vote_type)
                    VALUES ('22222222-2222-4222-8222-222222222221', \(Self.trace), \(Self.otherUser), 'up')
                    """)
            }
            let cases: [(SQL, PersistenceError.Code, String)] = [
                (
                    """
                    INSERT INTO votes (id, trace_id, voter_id, vote_type)
                    VALUES ('22222222-2222-4222-8222-222222222222', \(Self.trace), \(Self.otherUser), 'down')
                    """, .uniqueViolation, "uq_votes_trace_id_voter_id"
                ),
                (
                    "UPDATE users SET api_key_hash = 'hash' WHERE id = \(Self.otherUser)", .uniqueViolation,
                    "uq_users_api_key_hash"
                ),
                ("INSERT INTO users (id) VALUES (\(Self.user))", .uniqueViolation, "pk_users"),
                ("DELETE FROM users WHERE id = \(Self.user)", .foreignKeyViolation, "fk_traces_contributor_id_users"),
            ]
            for (statement, code, constraint) in cases {
                let error = await #expect(throws: PersistenceError.self) {
                    try await database.write { try $0.execute(statement) }
                }
                #expect(error?.code == code)
                // SQLite does not say which foreign key is broken.
                let isKnown = code != .foreignKeyViolation || database.dialect == .postgres
                #expect(error?.constraint == (isKnown ? constraint : nil))
            }
        }
    }

    private static func insertTrace(_ database: any Database) async throws {
        try await database.transaction { connection in
            try connection.execute("INSERT INTO users (id) VALUES (\(Self.user))")
            try connection.execute(
                """
                INSERT INTO traces (id, title, context_text, solution_text, contributor_id)
                VALUES (\(Self.trace), 't', 'c', 's', \(Self.user))
                """)
        }
    }
}
