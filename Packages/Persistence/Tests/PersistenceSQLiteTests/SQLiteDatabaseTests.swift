import Foundation
import Persistence
import PersistenceSQLite
import Testing

@Suite("SQLite file")
struct SQLiteDatabaseTests {
    /// Lends a folder that does not exist yet and is removed afterwards.
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sqlite-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func mode(_ url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }

    @Test("is made with its folder, for the owner only, and keeps its data")
    func creation() async throws {
        try await self.withFolder { folder in
            let file = folder.appendingPathComponent("a/b.sqlite")
            let first = try await SQLiteDatabase.open(path: file.path)
            try await first.transaction { connection in
                try connection.execute("CREATE TABLE t (x)")
                try connection.execute("INSERT INTO t VALUES (\(7))")
            }
            #expect(try self.mode(file) == 0o600)
            #expect(try self.mode(URL(fileURLWithPath: file.path + "-wal")) == 0o600)
            #expect(try self.mode(folder) == 0o700)
            await first.close()
            #expect(!FileManager.default.fileExists(atPath: file.path + "-wal"))

            let second = try await SQLiteDatabase.open(url: DatabaseURL("sqlite:\(file.path)"))
            #expect(try await second.read { try $0.queryOne("SELECT x FROM t")?.decode("x", as: Int.self) } == 7)
            await second.close()
        }
    }

    @Test(
        "is set up as promised",
        arguments: [
            ("journal_mode", .text("wal")), ("foreign_keys", .integer(1)), ("trusted_schema", .integer(0)),
        ] as [(String, SQLValue)])
    func settings(_ name: String, _ value: SQLValue) async throws {
        let database = try await SQLiteDatabase.inMemory()
        let reader = try await database.read { try $0.queryOne("PRAGMA \(identifier: name)") }
        let writer = try await database.write { try $0.queryOne("PRAGMA \(identifier: name)") }
        #expect(reader?[name] == value)
        #expect(writer?[name] == value)
        await database.close()
    }

    @Test(
        "commits as durably as it was told to",
        arguments: [(.full, 2), (.normal, 1)] as [(SQLiteConfiguration.Synchronous, Int64)])
    func synchronous(_ setting: SQLiteConfiguration.Synchronous, _ level: Int64) async throws {
        let database = try await SQLiteDatabase.inMemory(configuration: SQLiteConfiguration(synchronous: setting))
        #expect(try await database.write { try $0.queryOne("PRAGMA synchronous") }?["synchronous"] == .integer(level))
        await database.close()
    }

    @Test("is refused when it is no database, a folder, or out of reach")
    func unusable() async throws {
        try await self.withFolder { folder in
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let text = folder.appendingPathComponent("text.sqlite")
            try Data(String(repeating: "this is no database", count: 100).utf8).write(to: text)
            for path in [text.path, folder.path, "/dev/null/x.sqlite", "", "a\u{0}b"] {
                let error = await #expect(throws: PersistenceError.self) { try await SQLiteDatabase.open(path: path) }
                #expect(error?.code == .unavailable, "\(path)")
                #expect(error.map { path.isEmpty || !$0.description.contains(path) } == true)
            }
            await #expect(throws: PersistenceError(.invalidURL, message: "")) {
                try await SQLiteDatabase.open(url: DatabaseURL("postgres://localhost/x"))
            }
        }
    }

    @Test("says timedOut when another program keeps it locked, and works again afterwards")
    func lockedElsewhere() async throws {
        let first = try await SQLiteDatabase.inMemory()
        let second = try await SQLiteDatabase.open(
            path: first.path, configuration: SQLiteConfiguration(busyTimeout: .milliseconds(5)))
        try await first.write { try $0.execute("CREATE TABLE t (x)") }
        let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        async let holding: Void = first.transaction { _ in
            continuation.yield()
            gate.wait()
        }
        for await _ in inside { break }
        await #expect(throws: PersistenceError(.timedOut, message: "")) { try await second.transaction { _ in } }
        await #expect(throws: PersistenceError(.timedOut, message: "")) {
            try await second.write { try $0.execute("INSERT INTO t VALUES (1)") }
        }
        #expect(try await second.read { try $0.query("SELECT * FROM t").count } == 0)
        gate.signal()
        try await holding
        try await second.transaction { try $0.execute("INSERT INTO t VALUES (1)") }
        await second.close()
        await first.close()
    }

    @Test("leaves a cancelled task's wait for another program's lock at once")
    func cancelledBusyWait() async throws {
        let first = try await SQLiteDatabase.inMemory()
        let second = try await SQLiteDatabase.open(
            path: first.path, configuration: SQLiteConfiguration(busyTimeout: .seconds(3600)))
        let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        async let holding: Void = first.transaction { _ in
            continuation.yield()
            gate.wait()
        }
        for await _ in inside { break }
        // The cancellation may come just before the wait begins; of so many attempts most meet it in the middle.
        for _ in 0..<20 {
            let (started, hasStarted) = AsyncStream.makeStream(of: Void.self)
            let waiter = Task {
                try await second.write { connection in
                    hasStarted.yield()
                    try connection.execute("CREATE TABLE t (x)")
                }
            }
            for await _ in started { break }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
        }
        gate.signal()
        try await holding
        await second.close()
        await first.close()
    }

    @Test("forgets the statement that was used least, and runs them all the same")
    func statementCache() async throws {
        let database = try await SQLiteDatabase.inMemory(
            configuration: SQLiteConfiguration(readerCount: 1, statementCacheSize: 2))
        let sums = try await database.read { connection in
            try (0..<20).map { number in
                try connection.queryOne(SQL(unchecked: "SELECT \(number % 5) AS n"))?.decode("n", as: Int.self)
            }
        }
        #expect(sums == (0..<20).map { $0 % 5 })
        await database.close()
    }

    @Test("reports text that is not UTF-8 instead of mending it")
    func invalidText() async throws {
        let database = try await SQLiteDatabase.inMemory()
        await #expect(throws: PersistenceError(.decoding, message: "")) {
            try await database.read { try $0.query("SELECT CAST(x'ff' AS TEXT) AS t") }
        }
        await database.close()
    }

    @Test("names a unique index over expressions, and no constraint where there is no name")
    func constraintNames() async throws {
        let database = try await SQLiteDatabase.inMemory()
        try await database.transaction { connection in
            try connection.execute("CREATE TABLE t (a TEXT, b TEXT UNIQUE, c INTEGER PRIMARY KEY)")
            try connection.execute("CREATE UNIQUE INDEX ix_lower ON t (lower(a))")
            try connection.execute("CREATE TRIGGER no_update BEFORE UPDATE ON t BEGIN SELECT RAISE(ABORT, 'never'); END")
            try connection.execute("INSERT INTO t VALUES ('A', 'x', 1)")
        }
        let cases: [(SQL, PersistenceError.Code, String?)] = [
            ("INSERT INTO t VALUES ('a', 'y', 2)", .uniqueViolation, "ix_lower"),
            ("INSERT INTO t VALUES ('b', 'x', 2)", .uniqueViolation, nil),
            ("INSERT INTO t VALUES ('b', 'y', 1)", .uniqueViolation, nil), ("UPDATE t SET a = 'z'", .rejectedByTrigger, nil),
        ]
        for (statement, code, constraint) in cases {
            let error = await #expect(throws: PersistenceError.self) { try await database.write { try $0.execute(statement) } }
            #expect(error?.code == code)
            #expect(error?.constraint == constraint)
        }
        await database.close()
    }

    @Test("removes a database that does not last")
    func temporary() async throws {
        let database = try await SQLiteDatabase.open(url: DatabaseURL("sqlite::memory:"))
        let folder = URL(fileURLWithPath: database.path).deletingLastPathComponent()
        #expect(FileManager.default.fileExists(atPath: database.path))
        await database.close()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
