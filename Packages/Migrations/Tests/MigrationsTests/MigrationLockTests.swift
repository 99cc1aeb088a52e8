import Foundation
import Migrations
import Persistence
import PersistenceSQLite
import Synchronization
import Testing

@Suite("Two migrators of one database")
struct MigrationLockTests {
    @Test("one works, the other waits and finds nothing to do")
    func together() async throws {
        try await Fixtures.withDatabase { first in
            let second = try await SQLiteDatabase.open(path: first.path)
            async let one = Fixtures.migrator(first, [Fixtures.notes(), Fixtures.labels()]).upgrade()
            async let two = Fixtures.migrator(second, [Fixtures.notes(), Fixtures.labels()]).upgrade()
            let counts = try await [one.count, two.count]
            #expect(counts.sorted() == [0, 5])
            await second.close()
        }
    }

    @Test("the second says that it waits, and works once the first has ended")
    func waiting() async throws {
        try await Fixtures.withDatabase { database in
            let lock = FileMigrationLock(databasePath: database.path, pause: .milliseconds(1))
            let (waiting, isWaiting) = AsyncStream.makeStream(of: Void.self)
            let (over, end) = AsyncStream.makeStream(of: Void.self)
            let (held, isHeld) = AsyncStream.makeStream(of: Void.self)
            let holder = Task {
                try await lock.withLock(waiting: {}) {
                    isHeld.yield()
                    for await _ in over { break }
                }
            }
            for await _ in held { break }
            let migrator = try Migrator(database: database, chains: [Fixtures.notes()], lock: lock)
            let second = Task {
                try await migrator.upgrade { if $0 == .waitingForLock { isWaiting.yield() } }
            }
            for await _ in waiting { break }
            #expect(try await migrator.check().count == 3)
            end.yield()
            try await holder.value
            #expect(try await second.value.count == 3)
        }
    }

    @Test("the second gives up at its deadline, or when it is cancelled")
    func givingUp() async throws {
        try await Fixtures.withDatabase { database in
            let path = database.path
            try await FileMigrationLock(databasePath: path).withLock(waiting: {}) {
                let impatient = FileMigrationLock(databasePath: path, deadline: .milliseconds(3), pause: .milliseconds(1))
                await #expect(throws: MigrationError.code(.lockTimedOut)) {
                    try await impatient.withLock(waiting: {}) {}
                }
                let patient = Task { try await FileMigrationLock(databasePath: path).withLock(waiting: {}) {} }
                patient.cancel()
                await #expect(throws: CancellationError.self) { try await patient.value }
            }
        }
    }

    @Test("a lock file that cannot be made is reported")
    func unusable() async {
        await #expect(throws: MigrationError.code(.lockUnavailable)) {
            try await FileMigrationLock(databasePath: "/nonexistent/x.sqlite").withLock(waiting: {}) {}
        }
    }

    @Test("a process killed in the middle of a revision leaves the revisions before it, and no lock")
    func killed() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("crash-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("x.sqlite").path
        let process = Process()
        let driver: URL = try #require(Self.driver)
        process.executableURL = driver
        process.arguments = ["sqlite:\(path)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let said = pipe.fileHandleForReading.availableData
        #expect(String(decoding: said, as: UTF8.self).contains("hanging"))
        try await Self.waitUntilLocked(path)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()

        let database = try await SQLiteDatabase.open(path: path)
        let tables = try await database.read { connection in
            try connection.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map {
                try $0.decode("name", as: String.self)
            }
        }
        #expect(tables == ["first", "gatehouse_revisions"])
        let rows = try await database.read { try $0.query("SELECT revision FROM gatehouse_revisions") }
        #expect(rows.map { $0["revision"] } == [.text("1")])
        try await FileMigrationLock(databasePath: path, deadline: .zero).withLock(waiting: {}) {}
        await database.close()
    }

    /// Returns once some other process is inside a transaction that writes.
    private static func waitUntilLocked(_ path: String) async throws {
        let database = try await SQLiteDatabase.open(path: path, configuration: SQLiteConfiguration(busyTimeout: .zero))
        do {
            while true { try await database.transaction { _ in } }
        } catch let error as PersistenceError where error.code == .timedOut {
            await database.close()
        }
    }

    /// The program beside the test bundle.
    private static var driver: URL? {
        let folders = ([Bundle.main.bundleURL] + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() })
        return folders.map { $0.appendingPathComponent("MigrationsCrashDriver") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }
}
