import Persistence
import PersistencePostgres
import TestKit
import Testing

@Suite("PostgreSQL cancellation", .timeLimit(.minutes(1)))
struct PostgresCancellationTests {
    @Test("stops a statement at the server, and leaves its connection as it was", arguments: ["read", "write", "transaction"])
    func stopsStatement(_ way: String) async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let database = scene.database
            let process: SQL = "SELECT pg_backend_pid() AS pid"
            let before = try await database.read { try $0.queryOne(process)?.decode("pid", as: Int.self) }
            let sleeper = Task {
                switch way {
                case "read": _ = try await database.read { try $0.query(PostgresScene.longStatement) }
                case "write": _ = try await database.write { try $0.query(PostgresScene.longStatement) }
                default: _ = try await database.transaction { try $0.query(PostgresScene.longStatement) }
                }
            }
            try await eventually("the statement runs") { try await scene.backends(PostgresScene.isSleeping) == 1 }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            try await eventually("it is gone", within: .seconds(2)) { try await scene.backends(PostgresScene.isSleeping) == 0 }
            let after = try await database.read { try $0.queryOne(process)?.decode("pid", as: Int.self) }
            #expect(before == after)
            #expect(try await scene.backends() == 1)
        }
    }

    @Test("answers a caller who waits for a connection at once, and the others keep their turn")
    func stopsWaiting() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let database = scene.database
            let sleeper = Task { _ = try await database.write { try $0.query(PostgresScene.longStatement) } }
            try await eventually("the statement runs") { try await scene.backends(PostgresScene.isSleeping) == 1 }
            let waiters = (0..<20).map { number in
                Task { try await database.write { try $0.queryOne("SELECT \(number) AS n")?["n"] } }
            }
            try await eventually("all wait") { database.waiterCount == 20 }
            for waiter in waiters[..<10] { waiter.cancel() }
            for waiter in waiters[..<10] { await #expect(throws: CancellationError.self) { try await waiter.value } }
            #expect(database.waiterCount == 10)
            sleeper.cancel()
            for waiter in waiters[10...] { #expect(try await waiter.value != nil) }
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
    }

    @Test("ends a transaction that waits for another's row")
    func stopsWaitingForLock() async throws {
        try await withScene { scene in
            let database = scene.database
            try await database.write { connection in
                try connection.execute("CREATE TABLE counters (n int8)")
                try connection.execute("INSERT INTO counters VALUES (0)")
            }
            let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
            let barrier = Meeting()
            async let holder: Void = database.transaction { connection in
                try connection.execute("UPDATE counters SET n = 1")
                continuation.yield()
                barrier.meetOnce(1)
            }
            for await _ in inside { break }
            let waiting = Task {
                try await database.transaction(isolation: .readCommitted) { connection in
                    try connection.execute("INSERT INTO counters VALUES (7)")
                    try connection.execute("UPDATE counters SET n = 2 WHERE n < 7")
                }
            }
            try await eventually("it waits") { try await scene.backends("wait_event_type = 'Lock'") == 1 }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            barrier.meetOnce(2)
            try await holder
            let rows = try await database.read { try $0.query("SELECT n FROM counters").map { $0["n"] } }
            #expect(rows == [.integer(1)])
            #expect(try await scene.backends("state LIKE 'idle in%'") == 0)
        }
    }

    @Test("strikes nobody but the one who is cancelled, however close the race")
    func strikesNobodyElse() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 2)) { scene in
            let database = scene.database
            var generator = SeededGenerator(seed: TestRun.seed)
            for round in 0..<TestRun.count(200, long: 2000) {
                let pause = UInt64.random(in: 0...400, using: &generator)
                let victim = Task {
                    try await database.write { connection in
                        for _ in 0..<20 { _ = try connection.query("SELECT pg_sleep(0.00005)") }
                    }
                }
                let cancelling = Task {
                    try? await Task.sleep(for: .microseconds(pause))
                    victim.cancel()
                }
                // These come right behind on the same connections, and are not to be struck.
                let bystanders = (0..<3).map { number in
                    Task { try await database.transaction { try $0.queryOne("SELECT \(number)::int8 AS n")?["n"] } }
                }
                for (number, bystander) in bystanders.enumerated() {
                    #expect(try await bystander.value == .integer(Int64(number)), "round \(round), seed \(generator.seed)")
                }
                await cancelling.value
                do {
                    try await victim.value
                } catch is CancellationError {
                    continue
                }
            }
            #expect(try await scene.backends() <= 2)
        }
    }

    @Test("ends statements that take longer than they may, and the connection stays")
    func statementTimeout() async throws {
        let configuration = PostgresConfiguration(maximumConnections: 1, statementTimeout: .milliseconds(100))
        try await withScene(configuration) { scene in
            let before = try await scene.database.read { try $0.queryOne("SELECT pg_backend_pid() AS pid")?["pid"] }
            for _ in 0..<2 {
                #expect(
                    await failure { _ = try await scene.database.read { try $0.query(PostgresScene.longStatement) } }?.code
                        == .timedOut)
                #expect(
                    await failure { _ = try await scene.database.write { try $0.query(PostgresScene.longStatement) } }?.code
                        == .timedOut)
            }
            let after = try await scene.database.read { try $0.queryOne("SELECT pg_backend_pid() AS pid")?["pid"] }
            #expect(before == after)
        }
    }

    @Test("ends statements that wait for a lock longer than they may")
    func lockTimeout() async throws {
        try await withScene(PostgresConfiguration(lockTimeout: .milliseconds(50))) { scene in
            let database = scene.database
            try await database.write { connection in
                try connection.execute("CREATE TABLE counters (n int8)")
                try connection.execute("INSERT INTO counters VALUES (0)")
            }
            let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
            let barrier = Meeting()
            async let holder: Void = database.transaction { connection in
                try connection.execute("UPDATE counters SET n = 1")
                continuation.yield()
                barrier.meetOnce(1)
            }
            for await _ in inside { break }
            #expect(await failure { try await database.write { try $0.execute("UPDATE counters SET n = 2") } }?.code == .timedOut)
            barrier.meetOnce(2)
            try await holder
            try await database.write { try $0.execute("UPDATE counters SET n = 3") }
        }
    }
}
