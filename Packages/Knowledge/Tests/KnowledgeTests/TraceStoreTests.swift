import CommonsSchema
import Knowledge
import Migrations
import Persistence
import PersistenceSQLite
import StrictJSON
import Testing

@Suite("Trace store")
struct TraceStoreTests {
    private static let author = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"

    private func withStore(_ body: (TraceStore, SQLiteDatabase) async throws -> Void) async throws {
        let database = try await SQLiteDatabase.inMemory()
        let migrator = try Migrator(
            database: database, chains: [CommonsRevisions.chain], lock: FileMigrationLock(databasePath: database.path))
        try await migrator.upgrade()
        let now = Timestamp.now()
        try await database.write { connection in
            _ = try connection.execute("INSERT INTO users (id, created_at, updated_at) VALUES (\(Self.author), \(now), \(now))")
        }
        try await body(TraceStore(database: database), database)
        await database.close()
    }

    @Test("gives back what was stored, as a pending trace without votes")
    func roundTrip() async throws {
        try await self.withStore { store, database in
            let draft = TraceDraft(
                title: "Ünïcode 😀", contextText: "a\nb", solutionText: "'; DROP TABLE traces; --", tags: ["B", "a", "a "],
                agentModel: "m", agentVersion: "1", metadata: ["library": "numpy"])
            let id = try await store.add(draft, from: Self.author)
            let trace = try #require(try await store.trace(id: id))
            #expect(trace.title == "Ünïcode 😀")
            #expect(trace.contextText == "a\nb")
            #expect(trace.solutionText == "'; DROP TABLE traces; --")
            #expect(trace.tags == ["a", "b"])
            #expect(trace.status == .pending)
            #expect(trace.trustScore == 0)
            #expect(trace.confirmationCount == 0)
            #expect(!trace.isStale && !trace.isFlagged)
            #expect(trace.contributorID == Self.author)
            #expect(trace.createdAt == trace.updatedAt)
            let metadata = try await database.read {
                try $0.queryOne("SELECT metadata_json FROM traces")?.decode("metadata_json", as: String.self)
            }
            #expect(metadata == "{\"library\":\"numpy\"}")
        }
    }

    @Test("works as the README shows")
    func readme() async throws {
        try await self.withStore { store, _ in
            let id = try await store.add(
                TraceDraft(
                    title: "Ports in use", contextText: "bind: EADDRINUSE", solutionText: "Pick port 0.", tags: ["Network"]),
                from: Self.author)
            let trace = try await store.trace(id: id)
            #expect(trace?.tags == ["network"])
        }
    }

    @Test("knows nothing of other ids")
    func unknown() async throws {
        try await self.withStore { store, _ in
            let trace = try await store.trace(id: "00000000-0000-4000-8000-000000000000")
            #expect(trace == nil)
        }
    }

    @Test("makes each tag once, whoever uses it first")
    func concurrentTags() async throws {
        try await self.withStore { store, database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        _ = try await store.add(
                            TraceDraft(title: "t", contextText: "c", solutionText: "s", tags: ["one", "two"]), from: Self.author)
                    }
                }
                try await group.waitForAll()
            }
            let counts = try await database.read { connection in
                try connection.queryOne("SELECT (SELECT COUNT(*) FROM tags) AS tags, (SELECT COUNT(*) FROM trace_tags) AS links")
            }
            #expect(try counts?.decode("tags", as: Int.self) == 2)
            #expect(try counts?.decode("links", as: Int.self) == 40)
        }
    }

    @Test("leaves nothing of a trace that cannot be stored whole")
    func unknownAuthor() async throws {
        try await self.withStore { store, database in
            let error = await #expect(throws: PersistenceError.self) {
                try await store.add(
                    TraceDraft(title: "t", contextText: "c", solutionText: "s", tags: ["new"]),
                    from: "00000000-0000-4000-8000-000000000000")
            }
            #expect(error?.code == .foreignKeyViolation)
            let tags = try await database.read { try $0.query("SELECT name FROM tags").count }
            #expect(tags == 0)
        }
    }

    @Test("reads an amendment whole, by one statement")
    func amendment() async throws {
        try await self.withStore { store, database in
            let trace = try await store.add(TraceDraft(title: "t", contextText: "c", solutionText: "s"), from: Self.author)
            let id = "11111111-1111-4111-8111-111111111111"
            let now = Timestamp.now()
            try await database.write { connection in
                _ = try connection.execute(
                    """
                    INSERT INTO amendments (id, original_trace_id, submitter_id, improved_solution, explanation, created_at)
                    VALUES (\(id), \(trace), \(Self.author), 'better', 'because', \(now))
                    """
                )
            }
            let (amendment, statements) = try await database.read { connection in
                let counting = CountingConnection(base: connection)
                return (try Amendment.find(id: id, on: counting), counting.count)
            }
            #expect(statements == 1)
            #expect(amendment?.originalTraceID == trace)
            #expect(amendment?.submitterID == Self.author)
            #expect(amendment?.improvedSolution == "better")
            #expect(amendment?.explanation == "because")
            #expect(amendment?.createdAt == now)
        }
    }
}

/// Counts the statements that go through it.
private final class CountingConnection: DatabaseConnection {
    private let base: any DatabaseConnection
    private(set) var count = 0

    init(base: any DatabaseConnection) {
        self.base = base
    }

    var dialect: SQLDialect { self.base.dialect }

    func query(_ sql: SQL) throws(PersistenceError) -> [Row] {
        self.count += 1
        return try self.base.query(sql)
    }

    func queryOne(_ sql: SQL) throws(PersistenceError) -> Row? {
        self.count += 1
        return try self.base.queryOne(sql)
    }

    func execute(_ sql: SQL) throws(PersistenceError) -> Int {
        self.count += 1
        return try self.base.execute(sql)
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        try self.base.savepoint(body)
    }
}
