import Foundation
import Migrations
import MigrationsPostgres
import Persistence
import PersistencePostgres
import DatabaseTestSupport
import TestKit
import Testing

@Suite("Two migrators of one PostgreSQL database")
struct PostgresLockTests {
    /// Its second revision waits for the advisory lock 42.
    private static func waiting() throws -> RevisionChain {
        let second = Revision(
            "n2", parent: "n1", title: "waits",
            postgres: Revision.Script(
                up: ["SELECT pg_advisory_xact_lock(42)", "CREATE TABLE second (id INTEGER)"], down: ["DROP TABLE second"]))
        let third = Chains.revision("n3", "n2", up: ["CREATE TABLE third (id INTEGER)"])
        return try Chains.notes([Chains.notes1, second, third])
    }

    private static let here: SQL = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    private static let someoneWaitsInTheRevision: SQL =
        "SELECT 1 AS x FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 42 AND \(here)"
    private static let someoneWaitsForTheRecords: SQL = """
        SELECT 1 AS x FROM pg_locks
        WHERE locktype = 'relation' AND NOT granted AND relation = to_regclass('gatehouse_revisions') AND \(here)
        """

    @Test("the second waits, says so once, and gives up at its deadline")
    func deadline() async throws {
        try await Bed.with(.postgres) { bed in
            try await bed.lock.withLock(waiting: {}) {
                let impatient = PostgresMigrationLock(url: bed.url, deadline: .milliseconds(20), pause: .milliseconds(1))
                await confirmation { waits in
                    let error = await #expect(throws: MigrationError.self) {
                        try await impatient.withLock(waiting: { waits() }) {}
                    }
                    #expect(error?.code == .lockTimedOut)
                }
            }
        }
    }

    @Test("an error of the body is thrown as it is, and frees the lock")
    func bodyError() async throws {
        try await Bed.with(.postgres) { bed in
            let error = await #expect(throws: PersistenceError.self) {
                try await bed.lock.withLock(waiting: {}) { throw PersistenceError(.timedOut, message: "the body's") }
            }
            #expect(error?.message == "the body's")
            try await bed.lock.withLock(waiting: {}) {}
        }
    }

    @Test("a server that is not there is reported")
    func noServer() async throws {
        let url = try DatabaseURL("postgres://nobody@127.0.0.1:1/nothing")
        await #expect(throws: MigrationError.code(.lockUnavailable)) {
            try await PostgresMigrationLock(url: url).withLock(waiting: {}) {}
        }
    }

    @Test("without any lock, the second waits for the running revision and then stops")
    func withoutLock() async throws {
        try await Bed.with(.postgres) { bed in
            let migrator = try Migrator(database: bed.database, chains: [Self.waiting()], lock: NoLock())
            let brake = PostgresAdvisoryLock(url: bed.url, key: 42)
            let (first, second) = try await brake.withLock { [bed] in
                let first = Task { try await migrator.upgrade() }
                try await bed.wait(until: Self.someoneWaitsInTheRevision)
                let second = Task { try await migrator.upgrade() }
                try await bed.wait(until: Self.someoneWaitsForTheRecords)
                return (first, second)
            }
            #expect(try await first.value == Chains.keys("n1", "n2", "n3"))
            await #expect(throws: MigrationError.code(.concurrentMigration)) { try await second.value }
            #expect(try await bed.records().count == 3)
        }
    }

    @Test("when the connection that holds the lock is cut, the two still take turns")
    func lockCut() async throws {
        try await Bed.with(.postgres) { bed in
            let migrator = try Migrator(database: bed.database, chains: [Self.waiting()], lock: bed.lock)
            let brake = PostgresAdvisoryLock(url: bed.url, key: 42)
            let (first, second) = try await brake.withLock { [bed] in
                let first = Task { try await migrator.upgrade() }
                try await bed.wait(until: Self.someoneWaitsInTheRevision)
                let cut = try await bed.count(
                    """
                    SELECT pg_terminate_backend(pid) AS x FROM pg_locks
                    WHERE locktype = 'advisory' AND granted AND objid <> 42 AND \(Self.here)
                    """)
                #expect(cut == 1)
                let second = Task { try await migrator.upgrade() }
                try await bed.wait(until: Self.someoneWaitsForTheRecords)
                return (first, second)
            }
            #expect(try await first.value == Chains.keys("n1", "n2", "n3"))
            await #expect(throws: MigrationError.code(.concurrentMigration)) { try await second.value }
            #expect(try await bed.records().count == 3)
            #expect(try await migrator.upgrade() == [])
        }
    }

    @Test("a cancelled migration leaves the revisions before it and no lock")
    func cancelled() async throws {
        try await Bed.with(.postgres) { bed in
            let migrator = try Migrator(database: bed.database, chains: [Self.waiting()], lock: bed.lock)
            try await PostgresAdvisoryLock(url: bed.url, key: 42).withLock { [bed] in
                let run = Task { try await migrator.upgrade() }
                try await bed.wait(until: Self.someoneWaitsInTheRevision)
                run.cancel()
                await #expect(throws: CancellationError.self) { try await run.value }
            }
            #expect(try await migrator.check() == Chains.keys("n2", "n3"))
            #expect(try await migrator.upgrade() == Chains.keys("n2", "n3"))
        }
    }

    @Test("a process killed between two statements leaves the revisions before it, and no lock")
    func killed() async throws {
        let driver = try #require(Self.driver)
        let server = try await SharedPostgres.server()
        try await Bed.with(.postgres) { bed in
            try await PostgresAdvisoryLock(url: bed.url, key: 42).withLock { [bed] in
                try await withChildProcess(driver, arguments: [server.url(database: bed.name)], grace: .zero) { child in
                    try await bed.wait(until: Self.someoneWaitsInTheRevision)
                    child.send(signal: SIGKILL)
                    #expect(try await child.waitForExit() == .signalled(SIGKILL))
                }
                #expect(try await bed.picture().tables == ["first"])
                #expect(try await bed.count("SELECT revision FROM gatehouse_revisions") == 1)
                // The lock of the dead process is free at once, though the server still waits in its statement.
                try await bed.lock.withLock(waiting: {}) {}
            }
            try await bed.wait(
                until: """
                    SELECT 1 AS x WHERE NOT EXISTS (
                        SELECT 1 FROM pg_locks
                        WHERE relation = to_regclass('gatehouse_revisions') AND mode = 'ExclusiveLock' AND \(Self.here))
                    """)
            #expect(try await bed.picture().tables == ["first"])
            #expect(try await bed.count("SELECT revision FROM gatehouse_revisions") == 1)
        }
    }

    /// The program beside the test bundle.
    private static var driver: String? {
        let folders = [Bundle.main.bundleURL] + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
        return folders.map { $0.appendingPathComponent("MigrationsCrashDriver").path }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }
}
