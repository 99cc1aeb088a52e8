import Approval
import DatabaseTestSupport
import Migrations
import Persistence
import SchemasTestSupport
import Testing

@Suite("Schema of approvals")
struct SchemaTests {
    @Test("returns on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, ApprovalFixture.chains, at: nil) { database, migrator in
            try await migrator.upgrade(to: .revision("0002", chain: "gateway"))
            let before = try await database.read { try SchemaCatalogue($0) }
            try await migrator.upgrade()
            let after = try await database.read { try SchemaCatalogue($0) }
            #expect(after.columns.count > before.columns.count)
            #expect(after.indexes.count == before.indexes.count + 7)
            try await migrator.downgrade(to: .steps(2))
            #expect(try await database.read { try SchemaCatalogue($0) } == before)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == after)
        }
    }

    @Test("takes everything of a request along when its row goes", arguments: TestStore.allCases)
    func cascade(_ store: TestStore) async throws {
        try await ApprovalFixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue { $0.quorum = 2 }
            _ = try await fixture.approve(issued.handle)
            try await fixture.database.write { _ = try $0.execute("DELETE FROM approval_requests") }
            for table in ["approval_bindings", "approval_votes", "approval_arguments", "approval_keys"] {
                #expect(try await fixture.count(table) == 0)
            }
        }
    }
}
