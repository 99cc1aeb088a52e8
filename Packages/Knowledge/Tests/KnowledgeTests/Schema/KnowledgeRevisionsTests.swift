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

    @Test("returns on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ kind: TestStore) async throws {
        try await withMigratedDatabase(kind, Self.chains, at: nil) { database, migrator in
            try await migrator.upgrade(to: .revision("0001", chain: "knowledge"))
            let before = try await database.read { try SchemaCatalogue($0) }
            try await migrator.upgrade(to: .revision("0002", chain: "knowledge"))
            let after = try await database.read { try SchemaCatalogue($0) }
            for table in ["trace_flags", "contributor_votes", "user_activity", "telemetry_triggers"] {
                #expect(after.columns.contains { $0.hasPrefix("\(table).") })
            }
            #expect(after.indexes.count == before.indexes.count + 3)
            try await migrator.downgrade(to: .revision("0001", chain: "knowledge"))
            #expect(try await database.read { try SchemaCatalogue($0) } == before)
            try await migrator.upgrade(to: .revision("0002", chain: "knowledge"))
            #expect(try await database.read { try SchemaCatalogue($0) } == after)
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
