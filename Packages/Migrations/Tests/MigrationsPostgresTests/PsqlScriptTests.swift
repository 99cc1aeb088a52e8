import Migrations
import Persistence
import DatabaseTestSupport
import TestKit
import Testing

@Suite("Script on PostgreSQL")
struct PsqlScriptTests {
    private static func psql(_ script: String, on bed: Bed) async throws {
        try await SharedPostgres.server().command(script, database: bed.name)
    }

    private static let concurrent = Revision(
        "n3", parent: "n2", title: "index", runsInTransaction: false,
        postgres: Revision.Script(
            up: ["CREATE INDEX CONCURRENTLY ix_notes_body ON notes (body)"], down: ["DROP INDEX CONCURRENTLY ix_notes_body"]))

    @Test("leads to the same database in psql, and back")
    func sameDatabase() async throws {
        try await Bed.with(.postgres) { bed in
            let chains = [try Chains.notes([Chains.notes1, Chains.notes2, Self.concurrent]), try Chains.labels()]
            let migrator = try bed.migrator(chains[0], chains[1])
            let script = try await migrator.upgradeScript()
            #expect(try await bed.hasRecords() == false)
            #expect(!script.contains("\\"), "only psql knows commands with a backslash")
            try await migrator.upgrade()
            try await Bed.with(.postgres) { other in
                try await Self.psql(script, on: other)
                let twin = try other.migrator(chains[0], chains[1])
                #expect(try await twin.status().isCurrent)
                #expect(try await other.picture() == bed.picture())
                #expect(try await other.records() == bed.records())
                #expect(try await twin.history().allSatisfy { $0.appliedAt != nil })
                try await Self.psql(try await twin.downgradeScript(to: .base), on: other)
                #expect(try await other.records() == [])
                #expect(try await other.picture().tables == [])
            }
        }
    }

    @Test("refuses a database that has moved on, and where psql goes on after errors still does nothing twice")
    func stale() async throws {
        try await Bed.with(.postgres) { bed in
            let migrator = try bed.migrator(Chains.notes(), Chains.labels())
            let script = try await migrator.upgradeScript()
            try await migrator.upgrade(to: .revision("n1", chain: nil))
            let before = try await bed.picture()
            let error = await #expect(throws: TestKitError.self) { try await Self.psql(script, on: bed) }
            #expect(error?.message.contains("revision notes:n1 finds another state") == true)
            #expect(try await bed.picture() == before)
            #expect(try await bed.records().count == 1)
            try await Self.psql("\\set ON_ERROR_STOP off\n" + script, on: bed)
            #expect(try await migrator.status().isCurrent)
            #expect(try await bed.records().count == 4)
        }
    }

    @Test("keeps whole revisions only when one fails, even where psql goes on after errors")
    func failure() async throws {
        try await Bed.with(.postgres) { bed in
            let broken = Chains.revision("n2", "n1", up: ["CREATE TABLE half (id INTEGER)", "CREATE TABLE notes (id INTEGER)"])
            let third = Chains.revision("n3", "n2", up: ["CREATE TABLE after (id INTEGER)"])
            let migrator = try bed.migrator(Chains.notes([Chains.notes1, broken, third]))
            let script = try await migrator.upgradeScript()
            try await Self.psql("\\set ON_ERROR_STOP off\n" + script, on: bed)
            #expect(try await bed.picture().tables == ["notes"])
            #expect(try await migrator.check() == Chains.keys("n2", "n3"))
        }
    }

    @Test("does not run beside a migrator")
    func locked() async throws {
        try await Bed.with(.postgres) { bed in
            let script = try await bed.migrator(Chains.notes()).upgradeScript()
            try await bed.lock.withLock(waiting: {}) {
                let error = await #expect(throws: TestKitError.self) { try await Self.psql(script, on: bed) }
                #expect(error?.message.contains("another migration of this database is running") == true)
            }
            try await Self.psql(script, on: bed)
            #expect(try await bed.records().count == 3)
        }
    }
}
