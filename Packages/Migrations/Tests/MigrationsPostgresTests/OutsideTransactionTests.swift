import Migrations
import Persistence
import DatabaseTestSupport
import Testing

@Suite("Revision outside of a transaction on PostgreSQL")
struct OutsideTransactionTests {
    private static func concurrent(_ up: [StaticString]) -> Revision {
        Revision(
            "n2", parent: "n1", title: "index", runsInTransaction: false,
            postgres: Revision.Script(up: up, down: ["DROP INDEX CONCURRENTLY ix_notes_body"]))
    }

    @Test("builds an index concurrently and drops it again")
    func index() async throws {
        try await Bed.with(.postgres) { bed in
            let revision = Self.concurrent(["CREATE INDEX CONCURRENTLY ix_notes_body ON notes (body)"])
            let migrator = try bed.migrator(Chains.notes([Chains.notes1, revision]))
            #expect(try await migrator.upgrade() == Chains.keys("n1", "n2"))
            #expect(try await bed.picture().lines.contains { $0.hasPrefix("index notes.ix_notes_body") })
            #expect(try await migrator.downgrade(to: .steps(1)) == Chains.keys("n2"))
            #expect(try await migrator.check() == Chains.keys("n2"))
        }
    }

    @Test("says after a failure what was kept and how to go on")
    func failure() async throws {
        try await Bed.with(.postgres) { bed in
            let revision = Self.concurrent([
                "CREATE INDEX CONCURRENTLY ix_notes_body ON notes (body)", "INSERT INTO notes (id, body) VALUES (1, 'a')",
                "INSERT INTO notes (id, body) VALUES (1, 'b')",
            ])
            let migrator = try bed.migrator(Chains.notes([Chains.notes1, revision]))
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            let message = error?.message ?? ""
            #expect(
                message.hasPrefix("statement 3 of 3 of revision notes:n2 failed, what came before it in the revision was kept"))
            #expect(message.contains("(statements 1 to 2, without a record)"))
            #expect(message.contains("set the record with stamp"))
            #expect(error?.completed == Chains.keys("n1"))
            #expect(try await bed.count("SELECT id FROM notes") == 1)
            #expect(try await migrator.check() == Chains.keys("n2"))
            try await migrator.stamp(.head)
            #expect(try await migrator.check() == [])
        }
    }

    @Test("warns of the invalid index that a failed build leaves")
    func invalidIndex() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.migrator(Chains.notes([Chains.notes1])).upgrade()
            try await bed.run("INSERT INTO notes (id, body) VALUES (1, 'Aa'), (2, 'aA')")
            let revision = Self.concurrent(["CREATE UNIQUE INDEX CONCURRENTLY ix_notes_body ON notes (lower(body))"])
            let migrator = try bed.migrator(Chains.notes([Chains.notes1, revision]))
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            #expect(error?.message.contains("an invalid index may be left too: drop it, then run it again") == true)
            #expect(try await bed.picture().lines.contains { $0.contains("(invalid)") })
            try await bed.run("DROP INDEX ix_notes_body", "DELETE FROM notes WHERE id = 2")
            #expect(try await migrator.upgrade() == Chains.keys("n2"))
        }
    }
}
