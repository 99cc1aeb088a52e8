import Migrations
import Persistence
import PersistenceSQLite
import Synchronization
import Testing

@Suite("Migrator")
struct MigratorTests {
    @Test("goes up, down and up again to the same schema, in the order of dependencies")
    func upDownUp() async throws {
        try await Fixtures.withDatabase { database in
            let migrator = try Fixtures.migrator(database, [Fixtures.labels(), Fixtures.notes()])
            #expect(try await migrator.upgrade() == Fixtures.keys("l1", "n1", "n2", "l2", "n3"))
            let full = try await Fixtures.schema(database)
            #expect(try await migrator.upgrade() == [])
            #expect(try await migrator.downgrade(to: .base) == Fixtures.keys("n3", "l2", "n2", "n1", "l1"))
            #expect(try await Fixtures.schema(database).count == 1)
            #expect(try await migrator.upgrade() == Fixtures.keys("l1", "n1", "n2", "l2", "n3"))
            #expect(try await Fixtures.schema(database) == full)
        }
    }

    @Test("brings one revision with what it stands on, and goes back step by step")
    func targets() async throws {
        try await Fixtures.withDatabase { database in
            let migrator = try Fixtures.migrator(database, [Fixtures.labels(), Fixtures.notes()])
            #expect(try await migrator.upgrade(to: .revision("l2", chain: nil)) == Fixtures.keys("l1", "n1", "n2", "l2"))
            #expect(try await migrator.upgrade(to: .revision("n1", chain: nil)) == [])
            #expect(try await migrator.upgrade(to: .head) == Fixtures.keys("n3"))
            #expect(try await migrator.downgrade(to: .steps(1)) == Fixtures.keys("n3"))
            #expect(try await migrator.downgrade(to: .revision("n1", chain: "notes")) == Fixtures.keys("l2", "n2"))
            #expect(try await migrator.check() == Fixtures.keys("n2", "l2", "n3"))
            let current = try await migrator.current()
            #expect(current.map(\.current) == [Fixtures.key("l1"), Fixtures.key("n1")])
            #expect(current.map(\.isAtHead) == [false, false])
        }
    }

    @Test(
        "refuses targets that do not exist or lie in the wrong direction",
        arguments: [
            .steps(9), .head, .revision("nine", chain: nil), .revision("n1", chain: "labels"), .revision("n3", chain: nil),
        ]
            as [MigrationTarget])
    func wrongTargets(_ target: MigrationTarget) async throws {
        try await Fixtures.withDatabase { database in
            let migrator = try Fixtures.migrator(database, [Fixtures.notes(), Fixtures.labels()])
            try await migrator.upgrade(to: .revision("n2", chain: nil))
            await #expect(throws: MigrationError.code(.unknownTarget)) { try await migrator.downgrade(to: target) }
            #expect(try await migrator.check() == Fixtures.keys("n3", "l1", "l2"))
        }
    }

    @Test("records what it did, and tells it")
    func records() async throws {
        try await Fixtures.withDatabase { database in
            let time = try #require(Timestamp(rfc3339: "2026-11-20T21:52:36.972357Z"))
            let migrator = try Migrator(
                database: database, chains: [Fixtures.notes()], lock: FileMigrationLock(databasePath: database.path),
                now: { time })
            try await migrator.upgrade(to: .revision("n2", chain: nil))
            let rows = try await database.read { try $0.query("SELECT * FROM gatehouse_revisions ORDER BY position") }
            #expect(rows.map { $0["revision"] } == [.text("n1"), .text("n2")])
            #expect(rows.map { $0["position"] } == [.integer(1), .integer(2)])
            #expect(rows.map { $0["applied_at"] } == [.text(time.rfc3339), .text(time.rfc3339)])
            let checksums = try rows.map { try $0.decode("checksum", as: String.self) }
            #expect(checksums.allSatisfy { $0.utf8.count == 64 })
            let history = try await migrator.history()
            #expect(history.map(\.appliedAt) == [time, time, nil])
            #expect(history.map(\.isHead) == [false, false, true])
            #expect(history.map(\.title) == ["create notes", "notes get an author", "create drafts"])
        }
    }

    @Test("tells its progress in order")
    func progress() async throws {
        try await Fixtures.withDatabase { database in
            let told = Mutex<[String]>([])
            try await Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1, Fixtures.notes2])]).upgrade { progress in
                told.withLock { told in
                    switch progress {
                    case .applying(let key, let title): told.append("\(key) \(title)")
                    case .applied(let key, let duration): told.append("\(key) \(duration >= .zero)")
                    case .waitingForLock, .undoing, .undone, .skipped, .adopted: told.append("unexpected")
                    }
                }
            }
            let lines = told.withLock { $0 }
            #expect(lines == ["notes:n1 create notes", "notes:n1 true", "notes:n2 notes get an author", "notes:n2 true"])
        }
    }

    @Test("keeps nothing of a revision that fails half-way, and names what was done before")
    func failure() async throws {
        try await Fixtures.withDatabase { database in
            let broken = Revision(
                "n3", parent: "n2", title: "breaks",
                sqlite: Revision.Script(
                    up: ["CREATE TABLE half (id INTEGER)", "INSERT INTO half VALUES (1)", "CREATE TABLE notes (id INTEGER)"],
                    down: []))
            let migrator = try Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1, Fixtures.notes2, broken])])
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            #expect(error?.code == .revisionFailed)
            #expect(error?.completed == Fixtures.keys("n1", "n2"))
            #expect(error?.message.contains("statement 3 of 3 of revision notes:n3") == true)
            #expect(error?.description.contains("done before: notes:n1, notes:n2") == true)
            #expect(error?.cause is PersistenceError)
            #expect(try await migrator.check() == Fixtures.keys("n3"))
            #expect(try await Fixtures.schema(database).contains { $0.contains("half") } == false)
            let mended = try Fixtures.migrator(database, [Fixtures.notes()])
            #expect(try await mended.upgrade() == Fixtures.keys("n3"))
        }
    }

    @Test("keeps what was done of a failing revision without a transaction, and says so")
    func failureWithoutTransaction() async throws {
        try await Fixtures.withDatabase { database in
            let broken = Revision(
                "n2", parent: "n1", title: "breaks", runsInTransaction: false,
                sqlite: Revision.Script(up: ["CREATE TABLE half (id INTEGER)", "CREATE TABLE notes (id INTEGER)"], down: []))
            let migrator = try Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1, broken])])
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            #expect(error?.message.contains("what came before it in the revision was kept") == true)
            #expect(try await Fixtures.schema(database).contains { $0.contains("half") })
            #expect(try await migrator.check() == Fixtures.keys("n2"))
        }
    }

    @Test("undoes a revision that leaves rows which refer to nothing")
    func foreignKeys() async throws {
        try await Fixtures.withDatabase { database in
            let orphaning = Revision(
                "n2", parent: "n1", title: "orphans",
                sqlite: Revision.Script(
                    up: [
                        "CREATE TABLE child (id INTEGER, note_id INTEGER)",
                        "INSERT INTO child VALUES (1, 77)",
                        "CREATE TABLE child2 (id INTEGER, note_id INTEGER REFERENCES notes (id))",
                        "PRAGMA defer_foreign_keys = ON",
                        "INSERT INTO child2 SELECT * FROM child",
                    ],
                    down: []))
            let migrator = try Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1, orphaning])])
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            #expect(error?.code == .foreignKeysBroken)
            #expect(error?.message.contains("child2") == true)
            #expect(error?.completed == Fixtures.keys("n1"))
            #expect(try await Fixtures.schema(database).contains { $0.contains("child") } == false)
        }
    }

    @Test("refuses a revision that was changed after it had been applied; a mended way down is none")
    func changedRevision() async throws {
        try await Fixtures.withDatabase { database in
            try await Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1])]).upgrade()
            let otherDown = Revision(
                "n1", parent: nil, title: "create notes, mended",
                sqlite: Revision.Script(
                    up: ["CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"], down: ["DROP TABLE IF EXISTS notes"]))
            #expect(try await Fixtures.migrator(database, [Fixtures.notes([otherDown])]).check() == [])
            let otherUp = Revision(
                "n1", parent: nil, title: "create notes",
                sqlite: Revision.Script(
                    up: ["CREATE TABLE notes (id INTEGER PRIMARY KEY, body  TEXT)"], down: ["DROP TABLE notes"]))
            let migrator = try Fixtures.migrator(database, [Fixtures.notes([otherUp, Fixtures.notes2])])
            for attempt in [{ _ = try await migrator.upgrade() }, { _ = try await migrator.check() }] as [() async throws -> Void]
            {
                let error = await #expect(throws: MigrationError.self) { try await attempt() }
                #expect(error?.code == .changedRevision)
                #expect(error?.message.contains("notes:n1") == true)
            }
        }
    }

    @Test("refuses a database that is ahead of the program, or whose records have a gap")
    func foreignRecords() async throws {
        try await Fixtures.withDatabase { database in
            try await Fixtures.migrator(database, [Fixtures.notes(), Fixtures.labels()]).upgrade()
            let older = try Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1, Fixtures.notes2])])
            let error = await #expect(throws: MigrationError.self) { try await older.downgrade(to: .base) }
            #expect(error?.code == .unknownRevision)
            #expect(error?.message.contains("notes:n3") == true)
            let other = try Fixtures.migrator(database, [Fixtures.notes()])
            await #expect(throws: MigrationError.code(.unknownRevision)) { try await other.upgrade() }
            try await database.write { try $0.execute("DELETE FROM gatehouse_revisions WHERE revision = 'n2'") }
            let same = try Fixtures.migrator(database, [Fixtures.notes(), Fixtures.labels()])
            await #expect(throws: MigrationError.code(.brokenHistory)) { try await same.current() }
        }
    }

    @Test("names the revision that has no statements for the dialect, before it does anything")
    func missingScript() async throws {
        try await Fixtures.withDatabase { database in
            let elsewhere = Revision("n2", parent: "n1", title: "x", postgres: Revision.Script(up: ["SELECT 1"], down: []))
            let migrator = try Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1, elsewhere])])
            let error = await #expect(throws: MigrationError.self) { try await migrator.upgrade() }
            #expect(error?.code == .missingScript)
            #expect(error?.message == "revision notes:n2 has no statements for sqlite")
            #expect(try await Fixtures.schema(database) == [])
        }
    }

    @Test("stamps a state without touching the schema")
    func stamp() async throws {
        try await Fixtures.withDatabase { database in
            let migrator = try Fixtures.migrator(database, [Fixtures.notes(), Fixtures.labels()])
            try await migrator.stamp(.revision("n2", chain: nil))
            #expect(try await migrator.check() == Fixtures.keys("n3", "l1", "l2"))
            #expect(try await Fixtures.schema(database).count == 1)
            try await migrator.stamp(.head)
            #expect(try await migrator.check() == [])
            try await migrator.stamp(.revision("n1", chain: nil))
            #expect(try await migrator.check() == Fixtures.keys("n2", "n3", "l2"))
            try await migrator.stamp(.base)
            #expect(try await migrator.check().count == 5)
            await #expect(throws: MigrationError.code(.unknownTarget)) { try await migrator.stamp(.steps(1)) }
        }
    }
}
