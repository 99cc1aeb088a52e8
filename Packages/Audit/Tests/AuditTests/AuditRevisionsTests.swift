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
            try await migrator.downgrade(to: .steps(3))
            #expect(try await database.read { try SchemaCatalogue($0) } == before)
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == after)
        }
    }

    @Test("S3-10: refuses to change, delete or replace what was written", arguments: TestStore.allCases)
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
                // A segment that is not one, with which somebody would want to delete.
                """
                INSERT INTO audit_segments
                    (writer, first_sequence, last_sequence, previous_hash, last_hash, file, digest, archived_at, mac)
                SELECT writer, 2, 3, hash, hash, 'x', hash, recorded_at, hash FROM audit_journal WHERE sequence = 3
                """,
                """
                INSERT INTO audit_segments
                    (writer, first_sequence, last_sequence, previous_hash, last_hash, file, digest, archived_at, mac)
                SELECT writer, 1, 3, hash, hash, 'x', hash, recorded_at, hash FROM audit_journal WHERE sequence = 2
                """,
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

    @Test(
        "lets records go that a segment covers, keeps segments, and does not go back without them", arguments: TestStore.allCases)
    func segments(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, AuditFixture.chains, at: nil) { database, migrator in
            try await migrator.upgrade()
            func run(_ statement: SQL) async throws { try await database.transaction { try $0.execute(statement) } }
            for sequence in 1...3 {
                try await run(
                    """
                    INSERT INTO audit_journal (writer, sequence, recorded_at, kind, body, previous_hash, hash)
                    VALUES ('w', \(sequence), \(Timestamp.now()), 'refusal', '{}', \([UInt8](repeating: 1, count: 32)),
                        \([UInt8](repeating: UInt8(sequence), count: 32)))
                    """)
            }
            try await run(
                """
                INSERT INTO audit_segments
                    (writer, first_sequence, last_sequence, previous_hash, last_hash, file, digest, archived_at, mac)
                SELECT writer, 1, 2, hash, hash, 'x', hash, recorded_at, hash FROM audit_journal WHERE sequence = 2
                """)
            for statement: SQL in [
                "DELETE FROM audit_journal", "DELETE FROM audit_journal WHERE sequence = 3", "DELETE FROM audit_segments",
                "UPDATE audit_segments SET last_sequence = 3",
            ] {
                let error = await #expect(throws: PersistenceError.self, "\(statement)") { try await run(statement) }
                #expect(error?.code == .rejectedByTrigger, "\(statement)")
            }
            try await run("DELETE FROM audit_journal WHERE sequence <= 2")
            await #expect(throws: (any Error).self) { try await migrator.downgrade(to: .steps(2)) }
            let left = try await database.queryOne("SELECT count(*) AS n FROM audit_segments")
            #expect(try left?.decode("n", as: Int.self) == 1)
        }
    }
}
