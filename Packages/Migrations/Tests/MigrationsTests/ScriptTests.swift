import Migrations
import Persistence
import PersistenceSQLite
import Testing

@Suite("Script on SQLite")
struct ScriptTests {
    @Test("changes nothing when it is made, and leads to the same database in sqlite3")
    func sameDatabase() async throws {
        try await Fixtures.withDatabase { database in
            let migrator = try Fixtures.migrator(database, [Fixtures.notes(), Fixtures.labels()])
            let script = try await migrator.upgradeScript()
            #expect(try await Fixtures.schema(database) == [])
            try await Fixtures.withDatabase { other in
                try await Shell.run(script, onSQLiteFile: other.path)
                let twin = try Fixtures.migrator(other, [Fixtures.notes(), Fixtures.labels()])
                #expect(try await twin.check() == [])
                try await migrator.upgrade()
                #expect(try await Fixtures.schema(other) == Fixtures.schema(database))
                #expect(try await Fixtures.picture(other) == Fixtures.picture(database))
                #expect(try await Fixtures.records(other) == Fixtures.records(database))
                #expect(try await twin.history().allSatisfy { $0.appliedAt != nil })
                let down = try await twin.downgradeScript(to: .base)
                #expect(try await twin.check() == [])
                try await Shell.run(down, onSQLiteFile: other.path)
                #expect(try await Fixtures.schema(other).count == 1)
                #expect(try await Fixtures.records(other) == [])
            }
            #expect(try await migrator.upgradeScript() == "")
        }
    }

    @Test("refuses a database that has moved on since it was made")
    func stale() async throws {
        try await Fixtures.withDatabase { database in
            let migrator = try Fixtures.migrator(database, [Fixtures.notes(), Fixtures.labels()])
            let script = try await migrator.upgradeScript()
            try await migrator.upgrade(to: .revision("n1", chain: nil))
            let error = await #expect(throws: Shell.ShellError.self) {
                try await Shell.run(script, onSQLiteFile: database.path)
            }
            #expect(error?.message.contains("the_database_is_not_in_the_state") == true)
            #expect(try await Fixtures.records(database).count == 1)
        }
    }

    @Test("keeps nothing of a revision that leaves rows which refer to nothing")
    func foreignKeys() async throws {
        try await Fixtures.withDatabase { database in
            let orphaning = Revision(
                "n2", parent: "n1", title: "orphans",
                sqlite: Revision.Script(
                    up: [
                        "CREATE TABLE child (note_id INTEGER REFERENCES notes (id))", "PRAGMA defer_foreign_keys = ON",
                        "INSERT INTO child VALUES (77)",
                    ],
                    down: []))
            let migrator = try Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1, orphaning])])
            let script = try await migrator.upgradeScript()
            await #expect(throws: Shell.ShellError.self) { try await Shell.run(script, onSQLiteFile: database.path) }
            #expect(try await Fixtures.schema(database).contains { $0.contains("child") } == false)
            #expect(try await migrator.check() == Fixtures.keys("n2"))
        }
    }
}
