import DatabaseTestSupport
import IdempotencySchema
import Migrations
import Persistence
import SchemasTestSupport
import Testing

@Suite("Schema of idempotency keys")
struct SchemaTests {
    @Test("returns on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [IdempotencyRevisions.chain]) { database, migrator in
            let after = try await database.read { try SchemaCatalogue($0) }
            #expect(after.columns.count == 10 && after.indexes.count == 3)
            try await migrator.downgrade(to: .steps(1))
            #expect(try await database.read { try SchemaCatalogue($0) }.isEmpty)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == after)
        }
    }
}
