import Migrations
import Persistence
import PersistenceSQLite
import Testing

@Suite("Status")
struct StatusTests {
    @Test("tells what is pending, without a change or a lock")
    func pending() async throws {
        try await Fixtures.withDatabase { database in
            let lock = FileMigrationLock(databasePath: database.path)
            let migrator = try Migrator(database: database, chains: [Fixtures.notes()], lock: lock)
            try await lock.withLock(waiting: {}) {
                let status = try await migrator.status()
                #expect(status.pending == Fixtures.keys("n1", "n2", "n3"))
                #expect(!status.isCurrent)
                #expect(status.description == "pending: notes:n1, notes:n2, notes:n3")
            }
            #expect(try await Fixtures.schema(database) == [])
            try await migrator.upgrade()
            #expect(try await migrator.status().description == "at head")
        }
    }

    @Test("of a SQLite file with tables of unknown origin names them, and an upgrade refuses them")
    func unrecorded() async throws {
        try await Fixtures.withDatabase { database in
            try await database.write { try $0.execute("CREATE TABLE labels (id INTEGER PRIMARY KEY)") }
            let migrator = try Fixtures.migrator(database, [Fixtures.notes(), Fixtures.labels()])
            #expect(try await migrator.status().unrecordedTables == ["labels"])
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            #expect(error?.code == .unrecordedTables)
            #expect(error?.message.contains("labels") == true)
            await #expect(throws: MigrationError.code(.adoptionRefused)) { try await migrator.upgradeScript() }
            #expect(try await Fixtures.schema(database).count == 1)
            try await migrator.stamp(.revision("l1", chain: nil))
            #expect(try await migrator.upgrade() == Fixtures.keys("n1", "n2", "n3", "l2"))
        }
    }
}
