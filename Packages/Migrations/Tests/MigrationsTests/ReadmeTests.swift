import Migrations
import PersistenceSQLite
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("the example does what it says")
    func example() async throws {
        try await Fixtures.withDatabase { database in
            let chain = try RevisionChain(
                name: "notes",
                revisions: [
                    Revision(
                        "0001", parent: nil, title: "create notes",
                        sqlite: Revision.Script(up: ["CREATE TABLE notes (id INTEGER PRIMARY KEY)"], down: ["DROP TABLE notes"])),
                    Revision(
                        "0002", parent: "0001", title: "notes get an author",
                        sqlite: Revision.Script(
                            up: ["ALTER TABLE notes ADD COLUMN author VARCHAR(100)"],
                            down: ["ALTER TABLE notes DROP COLUMN author"])),
                ])
            let migrator = try Migrator(database: database, chains: [chain], lock: FileMigrationLock(databasePath: database.path))
            let applied = try await migrator.upgrade { progress in print(progress) }
            #expect(applied.map(\.description) == ["notes:0001", "notes:0002"])
        }
    }
}
