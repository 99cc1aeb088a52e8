import CommonsSchema
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@Suite("Vectors of the commons")
struct VectorsTests {
    @Test("are left out where no extension has them, without an error", arguments: TestStore.allCases)
    func leftOut(_ store: TestStore) async throws {
        let chains = [CommonsRevisions.chain, CommonsRevisions.vectors]
        try await withMigratedDatabase(store, chains) { database, migrator in
            #expect(try await migrator.check() == [])
            let columns = try await database.read { try SchemaCatalogue($0).columns }
            #expect(columns.contains { $0.hasPrefix("traces.embedding_model_id ") })
            #expect(!columns.contains { $0.hasPrefix("traces.embedding ") })
            try await migrator.downgrade(to: .base)
            #expect(try await database.read { try SchemaCatalogue($0).isEmpty })
        }
    }
}
