import Dispatch
import Persistence
import PersistencePostgres
import TestKit
import Testing

@Suite("PostgreSQL pool", .timeLimit(.minutes(1)))
struct PostgresPoolTests {
    @Test("serves a thousand callers with three connections, and never opens more")
    func neverExceedsMaximum() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 3, waitDeadline: .seconds(30))) { scene in
            let database = scene.database
            try await database.write { try $0.execute("CREATE TABLE visits (n int8)") }
            let most = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        try await database.write { try $0.execute("INSERT INTO visits VALUES (\(number))") }
                        return number.isMultiple(of: 100) ? try await scene.backends() : 0
                    }
                }
                return try await group.reduce(0) { max($0, $1) }
            }
            #expect((1...3).contains(most))
            #expect(database.connectionCount <= 3)
            let (count, distinct) = try await database.read { connection in
                let row = try #require(try connection.queryOne("SELECT count(*) AS n, count(DISTINCT n) AS d FROM visits"))
                return (try row.decode("n", as: Int.self), try row.decode("d", as: Int.self))
            }
            #expect([count, distinct] == [1000, 1000])
        }
    }

    @Test("bounds how many wait and for how long")
    func boundsWaiting() async throws {
        let configuration = PostgresConfiguration(maximumConnections: 1, waitDeadline: .milliseconds(300), maximumWaiters: 5)
        try await withScene(configuration) { scene in
            let database = scene.database
            let sleeper = Task { _ = try await database.write { try $0.query(PostgresScene.longStatement) } }
            try await eventually("the statement runs") { try await scene.backends(PostgresScene.isSleeping) == 1 }
            let waiters = (0..<5).map { _ in Task { _ = try await database.read { try $0.query("SELECT 1") } } }
            try await eventually("all wait") { database.waiterCount == 5 }
            #expect(await failure { _ = try await database.read { try $0.query("SELECT 1") } }?.code == .unavailable)
            for waiter in waiters { #expect(await failure { try await waiter.value }?.code == .timedOut) }
            #expect(database.waiterCount == 0)
            sleeper.cancel()
            _ = await sleeper.result
            _ = try await database.read { try $0.query("SELECT 1") }
        }
    }

    @Test("closes what nobody needs, down to the minimum, and keeps that up")
    func keepsMinimum() async throws {
        let configuration = PostgresConfiguration(maximumConnections: 6, minimumConnections: 2, idleLimit: .milliseconds(200))
        try await withScene(configuration) { scene in
            try await Self.occupy(6, of: scene)
            try await eventually("two are left") { try await scene.backends() == 2 }
            try await scene.terminateBackends()
            try await eventually("two are there again") { try await scene.backends() == 2 && scene.database.connectionCount == 2 }
        }
    }

    @Test("closes every connection if the minimum is zero, and opens one when it is needed")
    func closesAll() async throws {
        let configuration = PostgresConfiguration(maximumConnections: 3, minimumConnections: 0, idleLimit: .milliseconds(100))
        try await withScene(configuration) { scene in
            try await Self.occupy(3, of: scene)
            try await eventually("none is left") { try await scene.backends() == 0 }
            #expect(try await scene.database.read { try $0.query("SELECT 1").count } == 1)
        }
    }

    @Test("replaces connections that are old, busy ones after their loan")
    func replacesOld() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1, lifetimeLimit: .milliseconds(150))) { scene in
            let process: SQL = "SELECT pg_backend_pid() AS pid"
            let first = try await scene.database.read { try $0.queryOne(process)?.decode("pid", as: Int.self) }
            try await eventually("another one is there") {
                try await scene.database.read { try $0.queryOne(process)?.decode("pid", as: Int.self) } != first
            }
            let name = scene.name
            let quiet = try #require(try await scene.database.read { try $0.queryOne(process)?.decode("pid", as: Int.self) })
            try await eventually("one that rests is replaced as well") {
                try await scene.observer.read { connection in
                    try connection.query("SELECT pid FROM pg_stat_activity WHERE datname = \(name) AND pid = \(quiet)").isEmpty
                }
            }
        }
    }

    @Test("tries a connection that has rested before it lends it")
    func triesRested() async throws {
        try await withPostgresServer { server in
            let proxy = try WireProxy(port: server.port)
            defer { proxy.stop() }
            let configuration = PostgresConfiguration(
                maximumConnections: 1, minimumConnections: 0, healthCheckAfter: .milliseconds(1), statementTimeout: .seconds(20))
            let database = try await PostgresDatabase.open(url: DatabaseURL(proxy.url()), configuration: configuration)
            #expect(try await database.read { try $0.query("SELECT 1").count } == 1)
            // The network forgets the connection without a word, as firewalls do.
            proxy.stall()
            // Only one that has rested for longer than healthCheckAfter is asked; nothing tells from outside when that is.
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await database.read { try $0.query("SELECT 2").count } == 1)
            // The second one, and perhaps a request to stop what the first one does not answer.
            #expect(proxy.connectionCount >= 2)
            await database.close()
        }
    }

    @Test("spares the next borrower a connection that does not come to rest")
    func sparesNext() async throws {
        struct Change: Error {}
        let proxy = try await WireProxy(port: SharedPostgres.server().port)
        defer { proxy.stop() }
        let database = try await PostgresDatabase.open(
            url: DatabaseURL(proxy.url()), configuration: PostgresConfiguration(maximumConnections: 1))
        proxy.fail(.silence, at: "ROLLBACK")
        let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        let first = Task {
            try await database.transaction { connection in
                _ = try connection.query("SELECT 1")
                continuation.yield()
                gate.wait()
                throw Change()
            }
        }
        for await _ in inside { break }
        let second = Task { try await database.write { try $0.queryOne("SELECT 2::int8 AS n")?["n"] } }
        try await eventually("the second waits") { database.waiterCount == 1 }
        gate.signal()
        await #expect(throws: Change.self) { try await first.value }
        #expect(try await second.value == .integer(2))
        await database.close()
    }

    @Test(
        "closes a connection whose session a body has changed",
        arguments: ["SET default_transaction_read_only = off", "/* all */ set session statement_timeout = 0", "RESET ALL"])
    func closesChanged(_ statement: String) async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let database = scene.database
            try await database.write { try $0.execute("CREATE TABLE visits (n int8)") }
            try await database.read { _ = try $0.execute(SQL(unchecked: statement)) }
            let limit = try await database.read { try $0.queryOne("SELECT current_setting('statement_timeout') AS t")?["t"] }
            #expect(limit == .text("30s"))
            #expect(
                await failure { try await database.read { try $0.execute("INSERT INTO visits VALUES (1)") } }?.code == .readOnly)
        }
    }

    @Test("listens to nothing that nobody reads")
    func closesListening() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            try await scene.database.write { try $0.execute("LISTEN news") }
            #expect(try await scene.database.write { try $0.query("SELECT pg_listening_channels()").isEmpty })
        }
    }

    @Test("keeps a connection whose settings change for one transaction")
    func keepsLocal() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let process: SQL = "SELECT pg_backend_pid() AS pid"
            let before = try await scene.database.transaction { connection in
                try connection.execute("SET LOCAL statement_timeout = '1min'")
                return try connection.queryOne(process)?["pid"]
            }
            #expect(try await scene.database.read { try $0.queryOne(process)?["pid"] } == before)
        }
    }

    @Test("closes while it is busy: who runs ends well, who waits is turned away, no connection stays")
    func closesWhileBusy() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 2)) { scene in
            let database = scene.database
            try await database.write { try $0.execute("CREATE TABLE visits (n int8)") }
            let running = (0..<2).map { number in
                Task {
                    try await database.transaction { connection in
                        try connection.execute("INSERT INTO visits VALUES (\(number))")
                        _ = try connection.query("SELECT pg_sleep(0.5)")
                    }
                }
            }
            try await eventually("both run") { try await scene.backends(PostgresScene.isSleeping) == 2 }
            let waiters = (0..<10).map { _ in Task { _ = try await database.read { try $0.query("SELECT 1") } } }
            try await eventually("the others wait") { database.waiterCount == 10 }
            await database.close()
            for task in running { try await task.value }
            for waiter in waiters { #expect(await failure { try await waiter.value }?.code == .closed) }
            try await eventually("the server has let them go") { try await scene.backends() == 0 }
            #expect(try await scene.server.command("SELECT count(*) FROM visits", database: scene.name) == "2")
        }
    }

    /// Makes the pool open several connections, all of which are free again afterwards.
    private static func occupy(_ count: Int, of scene: PostgresScene) async throws {
        let database = scene.database
        let sleepers = (0..<count).map { _ in Task { _ = try await database.write { try $0.query(PostgresScene.longStatement) } }
        }
        try await eventually("all are busy") { try await scene.backends(PostgresScene.isSleeping) == count }
        for sleeper in sleepers { sleeper.cancel() }
        for sleeper in sleepers { _ = await sleeper.result }
    }
}
