import CredentialsSchema
import DatabaseTestSupport
import Migrations
import Persistence
import SchemasTestSupport
import Testing

@Suite("Schema of credentials")
struct SchemaTests {
    @Test("returns on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, [CredentialsRevisions.chain]) { database, migrator in
            let after = try await database.read { try SchemaCatalogue($0) }
            #expect(after.columns.count == 4 && after.indexes.count == 1)
            try await migrator.downgrade(to: .steps(1))
            #expect(try await database.read { try SchemaCatalogue($0) }.isEmpty)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == after)
        }
    }
}
