import Audit
import AuditSchema
import DatabaseTestSupport
import Migrations
import Persistence
import SchemasTestSupport
import Testing

@Suite("Schema of the journal")
struct AuditRevisionsTests {
    @Test("returns on the way down to exactly what was before", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, AuditFixture.chains, at: nil) { database, migrator in
            try await migrator.upgrade(to: .revision("0002", chain: "gateway"))
            let before = try await database.read { try SchemaCatalogue($0) }
            try await migrator.upgrade()
            let after = try await database.read { try SchemaCatalogue($0) }
            #expect(after.others.count > before.others.count)
            try await migrator.downgrade(to: .steps(1))
            #expect(try await database.read { try SchemaCatalogue($0) } == before)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == after)
        }
    }

    @Test("refuses to change, delete or replace what was written", arguments: TestStore.allCases)
    func triggers(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                #expect(await fixture.recordRequest("req-1", in: journal).allSatisfy { $0 == .durable })
            }
            var statements: [SQL] = [
                "UPDATE audit_journal SET body = '{}'", "DELETE FROM audit_journal", "UPDATE audit_events SET decision = 'DENY'",
                "DELETE FROM audit_events", "DELETE FROM audit_heads", "UPDATE audit_heads SET sequence = sequence - 1",
                "UPDATE audit_heads SET writer = 'x', sequence = sequence + 1", "UPDATE audit_requests SET writer = 'x'",
                "DELETE FROM audit_requests",
            ]
            switch store {
            case .postgres:
                statements += [
                    "TRUNCATE audit_journal", "TRUNCATE audit_heads", "TRUNCATE audit_requests", "TRUNCATE audit_events",
                ]
            case .sqlite:
                statements += [
                    "INSERT OR REPLACE INTO audit_journal SELECT * FROM audit_journal",
                    "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events",
                ]
            }
            for statement in statements {
                let error = await #expect(throws: PersistenceError.self, "\(statement)") { try await fixture.run(statement) }
                #expect(error?.code == .rejectedByTrigger, "\(statement)")
            }
            #expect(try await fixture.verify().faults == [])
        }
    }
}
