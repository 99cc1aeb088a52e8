import CommonsSchema
import DatabaseTestSupport
import KnowledgeSchema
import Migrations
import Persistence
import SchemasTestSupport
import Testing

@Suite("Schema of knowledge")
struct KnowledgeRevisionsTests {
    private static let chains = [CommonsRevisions.chain, KnowledgeRevisions.chain]

    @Test("keeps the checksums that databases in the field have recorded")
    func checksums() async throws {
        try await withMigratedDatabase(.sqlite, Self.chains) { database, _ in
            let found = try await database.query(
                "SELECT revision, checksum FROM gatehouse_revisions WHERE chain = 'knowledge' ORDER BY position"
            ).map { try $0.decode("revision", as: String.self) + " " + $0.decode("checksum", as: String.self) }
            #expect(
                found == [
                    "0001 78fc9390622efbd1a006b2fb23031bf72a8ff5ece51d2453f5c128364a1c4d41",
                    "0002 bba53e65f80a4fc4396ca5a786d4cae1b604287c2ab621a78932d0ee6f5e377f",
                    "0003 f6c34687d5cd75c0a828fc6c9b77ee2bbf0d7a61ae8637fffb96471643c8b0a0",
                    "0004 f463d209283315f082793655eb2e9beec938244167cc6e922114dd7847d5fe0b",
                ])
        }
    }

    @Test("returns on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ kind: TestStore) async throws {
        try await withMigratedDatabase(kind, Self.chains, at: nil) { database, migrator in
            try await migrator.upgrade(to: .revision("d4e5f6a7b8c9", chain: "commons"))
            var pictures = [try await database.read { try SchemaCatalogue($0) }]
            for revision in ["0001", "0002", "0003", "0004"] {
                try await migrator.upgrade(to: .revision(revision, chain: "knowledge"))
                pictures.append(try await database.read { try SchemaCatalogue($0) })
                #expect(pictures.last != pictures.dropLast().last)
            }
            for picture in pictures.dropLast().reversed() {
                try await migrator.downgrade(to: .steps(1))
                #expect(try await database.read { try SchemaCatalogue($0) } == picture)
            }
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures.last)
        }
    }

    @Test("leaves removed traces flagged on the way down", arguments: TestStore.allCases)
    func removed(_ kind: TestStore) async throws {
        try await withMigratedDatabase(kind, Self.chains) { database, migrator in
            let (id, now) = ("00000000-0000-4000-8000-000000000001", Timestamp.now())
            try await database.transaction { connection in
                try connection.execute("INSERT INTO users (id, created_at, updated_at) VALUES (\(id), \(now), \(now))")
                try connection.execute(
                    """
                    INSERT INTO traces (id, title, context_text, solution_text, contributor_id, removed_at)
                    VALUES (\(id), 't', 'c', 's', \(id), \(now))
                    """)
            }
            try await migrator.downgrade(to: .revision("0001", chain: "knowledge"))
            try await migrator.downgrade(to: .steps(1))
            let row = try #require(try await database.queryOne("SELECT is_flagged, flagged_at FROM traces"))
            #expect(try row.decode("is_flagged", as: Bool.self))
            #expect(try row.decode("flagged_at", as: Timestamp?.self) == now)
        }
    }

    @Test("goes on counting from the votes that are there", arguments: TestStore.allCases)
    func votesSoFar(_ kind: TestStore) async throws {
        try await withMigratedDatabase(kind, Self.chains, at: nil) { database, migrator in
            try await migrator.upgrade(to: .revision("0001", chain: "knowledge"))
            let ids = (1...4).map { "00000000-0000-4000-8000-00000000000\($0)" }
            let now = Timestamp.now()
            try await database.transaction { connection in
                for id in ids {
                    try connection.execute("INSERT INTO users (id, created_at, updated_at) VALUES (\(id), \(now), \(now))")
                }
                for author in ids.prefix(2) {
                    try connection.execute(
                        """
                        INSERT INTO traces (id, title, context_text, solution_text, contributor_id)
                        VALUES (\(author), 't', 'c', 's', \(author))
                        """)
                }
                for (voter, vote) in [(ids[1], "up"), (ids[2], "up"), (ids[3], "down")] {
                    try connection.execute(
                        """
                        INSERT INTO votes (id, trace_id, voter_id, vote_type) VALUES (\(voter), \(ids[0]), \(voter), \(vote))
                        """)
                }
            }
            try await migrator.upgrade(to: .revision("0002", chain: "knowledge"))
            let rows = try await database.query("SELECT contributor_id, upvote_count, downvote_count FROM contributor_votes")
            #expect(rows.count == 1)
            let row = try #require(rows.first)
            #expect(try row.decode("contributor_id") == ids[0])
            #expect(try row.decode("upvote_count") == 2 && row.decode("downvote_count") == 1)
        }
    }
}
