import DatabaseTestSupport
import Persistence
import SchemasTestSupport
import Migrations
import Testing
import WebhooksSchema

@Suite("Schema of webhooks")
struct WebhooksRevisionsTests {
    @Test("returns on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [WebhooksRevisions.chain], at: nil) { database, migrator in
            let before = try await database.read { try SchemaCatalogue($0) }
            try await migrator.upgrade()
            let after = try await database.read { try SchemaCatalogue($0) }
            #expect(after.columns.count > before.columns.count)
            try await migrator.downgrade(to: .steps(2))
            #expect(try await database.read { try SchemaCatalogue($0) } == before)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == after)
        }
    }
}
