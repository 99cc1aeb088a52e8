import Migrations
import Persistence
import PersistenceSQLite
import Synchronization
import Testing

@Suite("Optional revision")
struct OptionalRevisionTests {
    /// Applies where there is a table `gate`.
    static func optional(_ id: String, _ parent: String?) -> Revision {
        Revision(
            id, parent: parent, title: "optional",
            appliesWhere: Revision.Condition(sqlite: "SELECT 1 FROM sqlite_master WHERE name = 'gate'"),
            sqlite: Revision.Script(up: [], down: []))
    }

    @Test("is left out where its condition does not hold: not pending, no error, shown as such")
    func leftOut() async throws {
        try await Fixtures.withDatabase { database in
            let chain = try Fixtures.notes([Fixtures.notes1, Self.optional("n2", "n1"), Self.optional("n3", "n2")])
            let migrator = try Fixtures.migrator(database, [chain])
            let told = Mutex<[MigrationProgress]>([])
            let applied = try await migrator.upgrade { progress in
                told.withLock { if case .skipped = progress { $0.append(progress) } }
            }
            #expect(applied == Fixtures.keys("n1"))
            let skipped = told.withLock { $0 }
            #expect(
                skipped == [
                    .skipped(Fixtures.key("n2"), title: "optional"), .skipped(Fixtures.key("n3"), title: "optional"),
                ])
            #expect(try await migrator.check() == [])
            #expect(try await migrator.status().isCurrent)
            #expect(try await migrator.history().map(\.isApplicable) == [true, false, false])
            #expect(try await migrator.current().map(\.isAtHead) == [true])
            #expect(try await migrator.upgradeScript() == "")
        }
    }

    @Test("is applied once its condition holds, and stays recorded when it no longer does")
    func applied() async throws {
        try await Fixtures.withDatabase { database in
            let chain = try Fixtures.notes([Fixtures.notes1, Self.optional("n2", "n1")])
            let migrator = try Fixtures.migrator(database, [chain])
            try await migrator.upgrade()
            try await database.write { try $0.execute("CREATE TABLE gate (id INTEGER)") }
            #expect(try await migrator.check() == Fixtures.keys("n2"))
            #expect(try await migrator.upgrade() == Fixtures.keys("n2"))
            try await database.write { try $0.execute("DROP TABLE gate") }
            #expect(try await migrator.check() == [])
            #expect(try await migrator.history().map { $0.appliedAt != nil } == [true, true])
            #expect(try await migrator.downgrade(to: .steps(1)) == Fixtures.keys("n2"))
        }
    }

    @Test("is asked when its turn comes, so that the one before may bring what it needs")
    func inTurn() async throws {
        try await Fixtures.withDatabase { database in
            let bringing = Revision(
                "n2", parent: "n1", title: "brings the gate", appliesWhere: Revision.Condition(sqlite: "SELECT 1"),
                sqlite: Revision.Script(up: ["CREATE TABLE gate (id INTEGER)"], down: ["DROP TABLE gate"]))
            let chain = try Fixtures.notes([Fixtures.notes1, bringing, Self.optional("n3", "n2")])
            #expect(try await Fixtures.migrator(database, [chain]).upgrade() == Fixtures.keys("n1", "n2", "n3"))
        }
    }

    @Test("without statements for the dialect is left out too")
    func withoutStatements() async throws {
        try await Fixtures.withDatabase { database in
            let elsewhere = Revision(
                "n2", parent: "n1", title: "elsewhere", appliesWhere: Revision.Condition(postgres: "SELECT 1"),
                postgres: Revision.Script(up: ["SELECT 1"], down: []))
            let migrator = try Fixtures.migrator(database, [Fixtures.notes([Fixtures.notes1, elsewhere])])
            #expect(try await migrator.upgrade() == Fixtures.keys("n1"))
            #expect(try await migrator.check() == [])
            try await migrator.stamp(.head)
            #expect(try await migrator.current().map(\.current) == [Fixtures.key("n1")])
        }
    }

    @Test("is refused where somebody asks for it by name and it does not apply")
    func byName() async throws {
        try await Fixtures.withDatabase { database in
            let chain = try Fixtures.notes([Fixtures.notes1, Self.optional("n2", "n1")])
            let migrator = try Fixtures.migrator(database, [chain])
            let error = await #expect(throws: MigrationError.self) {
                try await migrator.upgrade(to: .revision("n2", chain: nil))
            }
            #expect(error?.code == .notApplicable)
            #expect(error?.completed == Fixtures.keys("n1"))
        }
    }

    @Test("stands at the end of its chain, and nothing depends on it")
    func place() async throws {
        #expect(throws: MigrationError.code(.invalidChain)) {
            try RevisionChain(
                name: "notes",
                revisions: [
                    Fixtures.notes1, Self.optional("n2", "n1"),
                    Revision("n3", parent: "n2", title: "firm", sqlite: Revision.Script(up: [], down: [])),
                ])
        }
        try await Fixtures.withDatabase { database in
            let notes = try Fixtures.notes([Fixtures.notes1, Self.optional("n2", "n1")])
            let labels = try Fixtures.labels()
            #expect(throws: MigrationError.code(.invalidChain)) { try Fixtures.migrator(database, [notes, labels]) }
        }
    }

    @Test("whose condition is no SQL is an error that names it")
    func brokenCondition() async throws {
        try await Fixtures.withDatabase { database in
            let broken = Revision(
                "n1", parent: nil, title: "broken", appliesWhere: Revision.Condition(sqlite: "SELECT 1 FROM nowhere"),
                sqlite: Revision.Script(up: [], down: []))
            let error = await #expect(throws: MigrationError.self) {
                try await Fixtures.migrator(database, [Fixtures.notes([broken])]).check()
            }
            #expect(error?.message.contains("condition of revision notes:n1") == true)
        }
    }
}
