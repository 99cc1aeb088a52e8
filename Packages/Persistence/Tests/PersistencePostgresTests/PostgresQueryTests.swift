import Persistence
import PersistencePostgres
import TestKit
import Testing

/// What is particular to queries that stand alone: nobody waits for them on the thread of their connection.
@Suite("PostgreSQL query by itself", .timeLimit(.minutes(1)))
struct PostgresQueryTests {
    private static let process: SQL = "SELECT pg_backend_pid() AS pid"

    @Test("takes its time, and returns what it found")
    func slow() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 2)) { scene in
            for _ in 0..<3 {
                let rows = try await scene.database.query("SELECT 7 AS n FROM pg_sleep(\(0.1))")
                #expect(rows.map { $0["n"] } == [.integer(7)])
            }
        }
    }

    @Test("is stopped at the server when its task is cancelled, and leaves its connection as it was")
    func cancelled() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let database = scene.database
            _ = try await database.query("SELECT pg_sleep(\(0.0))")
            let before = try await database.queryOne(Self.process)?["pid"]
            for _ in 0..<3 {
                let sleeper = Task { try await database.query("SELECT pg_sleep(\(60.0))") }
                try await eventually("it runs") { try await scene.backends(PostgresScene.isSleeping) == 1 }
                sleeper.cancel()
                await #expect(throws: CancellationError.self) { try await sleeper.value }
                try await eventually("it is gone", within: .seconds(2)) {
                    try await scene.backends(PostgresScene.isSleeping) == 0
                }
                #expect(try await database.queryOne(Self.process)?["pid"] == before)
            }
        }
    }

    @Test("says that it took too long, and the next one is answered")
    func timedOut() async throws {
        let configuration = PostgresConfiguration(maximumConnections: 1, statementTimeout: .milliseconds(200))
        try await withScene(configuration) { scene in
            _ = try await scene.database.query("SELECT pg_sleep(\(0.0))")
            for _ in 0..<2 {
                let error = await failure { _ = try await scene.database.query("SELECT pg_sleep(\(60.0))") }
                #expect(error?.code == .timedOut)
                #expect(try await scene.database.queryOne("SELECT 1 AS one")?["one"] == .integer(1))
            }
        }
    }

    @Test("does not notice that its connection was ended while it rested")
    func terminated() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 2)) { scene in
            let database = scene.database
            var processes: Set<Int> = []
            for _ in 0..<5 {
                let row = try #require(try await database.queryOne(Self.process))
                processes.insert(try row.decode("pid"))
                try await scene.terminateBackends()
            }
            #expect(processes.count == 5)
            try await eventually("no connection is left over") { try await scene.backends() <= database.connectionCount }
        }
    }

    @Test(
        "is run once more on another connection when its own is cut",
        arguments: [WireProxy.Fault.before, .after, .insteadOfAnswer])
    func cut(_ fault: WireProxy.Fault) async throws {
        try await withScene { scene in
            let proxy = try WireProxy(port: scene.server.port)
            defer { proxy.stop() }
            let database = try await PostgresDatabase.open(
                url: DatabaseURL(proxy.url(database: scene.name)), configuration: PostgresConfiguration(maximumConnections: 1))
            _ = try await database.queryOne("SELECT \("before") AS text")
            proxy.fail(fault, at: "after")
            #expect(try await database.queryOne("SELECT \("after") AS text")?["text"] == .text("after"))
            await database.close()
        }
    }

    @Test("ends in time when the server hangs, and is answered when it goes on")
    func halted() async throws {
        try await withPostgresServer { server in
            let configuration = PostgresConfiguration(
                maximumConnections: 2, connectTimeout: .seconds(1), statementTimeout: .milliseconds(300))
            try await withScene(on: server, configuration) { scene in
                _ = try await scene.database.queryOne("SELECT 1 AS one")
                server.suspend()
                let error = await failure { _ = try await scene.database.queryOne("SELECT 1 AS one") }
                #expect([.timedOut, .unavailable].contains(error?.code))
                server.resume()
                #expect(try await scene.database.queryOne("SELECT 1 AS one")?["one"] == .integer(1))
            }
        }
    }

    @Test("begins no transaction, not even with the words that the driver has prepared")
    func controlsNothing() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let database = scene.database
            try await database.transaction { connection in
                try connection.execute("CREATE TABLE notes (text text)")
                try connection.savepoint { _ = try connection.execute("INSERT INTO notes VALUES ('a')") }
            }
            for words: SQL in ["BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE", "SAVEPOINT gatehouse_1", "COMMIT"] {
                #expect(await failure { _ = try await database.query(words) }?.code == .invalidStatement)
                #expect(await failure { _ = try await database.read { try $0.query(words) } }?.code == .invalidStatement)
                #expect(await failure { try await database.write { try $0.execute(words) } }?.code == .invalidStatement)
            }
            try await database.write { try $0.execute("INSERT INTO notes VALUES ('b')") }
            try await scene.terminateBackends()
            #expect(try await database.query("SELECT text FROM notes").count == 2)
        }
    }

    @Test("is not run again for a failure that its connection outlives")
    func failsOnce() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let database = scene.database
            try await database.write { connection in
                try connection.execute(
                    """
                    CREATE FUNCTION fail_slowly(state text) RETURNS int LANGUAGE plpgsql AS $$
                    BEGIN
                        IF state = '' THEN RETURN 1; END IF;
                        PERFORM pg_sleep(0.1);
                        RAISE EXCEPTION USING ERRCODE = state;
                    END $$
                    """)
            }
            for (state, code) in [("53100", PersistenceError.Code.unavailable), ("22P02", .invalidValue)] {
                #expect(try await database.query("SELECT fail_slowly(\(""))").count == 1)
                #expect(await failure { _ = try await database.query("SELECT fail_slowly(\(state))") }?.code == code)
            }
            // What a connection did is counted at its end at the latest.
            try await scene.terminateBackends()
            try await eventually("both failures are counted") { try await Self.rollbacks(scene) >= 2 }
            #expect(try await Self.rollbacks(scene) == 2)
        }
    }

    private static func rollbacks(_ scene: PostgresScene) async throws -> Int {
        let name = scene.name
        let row = try await scene.observer.queryOne("SELECT xact_rollback AS n FROM pg_stat_database WHERE datname = \(name)")
        return try #require(row).decode("n")
    }

    @Test("serves those who wait in line, with one connection for all")
    func waiting() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let database = scene.database
            let processes = try await withThrowingTaskGroup(of: SQLValue?.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let row = try await database.queryOne("SELECT pg_backend_pid() AS pid, \(number) AS n")
                        #expect(row?["n"] == .text("\(number)"))
                        return row?["pid"]
                    }
                    if number % 10 == 0 {
                        group.addTask { try await database.read { try $0.queryOne(Self.process)?["pid"] } }
                    }
                }
                return try await group.reduce(into: Set<SQLValue?>()) { $0.insert($1) }
            }
            #expect(processes.count == 1)
        }
    }

    @Test("does not outlive its pool: whoever is under way is answered, whoever comes is refused")
    func closing() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 3)) { scene in
            let database = scene.database
            let queries = (0..<100).map { number in
                Task { try await database.queryOne("SELECT \(number) AS n, pg_sleep(\(0.001))") }
            }
            _ = try await queries[0].value
            await database.close()
            var answered = 0
            for (number, query) in queries.enumerated() {
                do {
                    #expect(try await query.value?["n"] == .text("\(number)"))
                    answered += 1
                } catch {
                    #expect(error as? PersistenceError == PersistenceError(.closed, message: ""))
                }
            }
            #expect(answered > 0)
            #expect(database.connectionCount == 0)
        }
    }
}
