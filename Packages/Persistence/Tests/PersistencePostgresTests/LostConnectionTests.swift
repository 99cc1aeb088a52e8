import Persistence
import PersistencePostgres
import TestKit
import Testing

@Suite("PostgreSQL connection that is lost", .timeLimit(.minutes(1)))
struct LostConnectionTests {
    /// When a connection ends, and what follows from it.
    struct Loss: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: WireProxy.Fault
        let words: String
        let isTransaction: Bool
        let code: PersistenceError.Code
        /// Whether the row is there afterwards.
        let isKept: Bool
    }

    static let losses = [
        Loss(
            testDescription: "before BEGIN", fault: .before, words: "BEGIN", isTransaction: true, code: .unavailable,
            isKept: false),
        Loss(
            testDescription: "after BEGIN", fault: .after, words: "BEGIN", isTransaction: true, code: .unavailable, isKept: false),
        Loss(
            testDescription: "instead of the answer to BEGIN", fault: .insteadOfAnswer, words: "BEGIN", isTransaction: true,
            code: .unavailable, isKept: false),
        Loss(
            testDescription: "before a statement", fault: .before, words: "INSERT", isTransaction: true, code: .unavailable,
            isKept: false),
        Loss(
            testDescription: "during a statement", fault: .after, words: "second", isTransaction: true, code: .unavailable,
            isKept: false),
        Loss(
            testDescription: "before COMMIT", fault: .before, words: "COMMIT", isTransaction: true, code: .outcomeUnknown,
            isKept: false),
        Loss(
            testDescription: "instead of the answer to COMMIT", fault: .insteadOfAnswer, words: "COMMIT", isTransaction: true,
            code: .outcomeUnknown, isKept: true),
        Loss(
            testDescription: "before a change by itself", fault: .before, words: "INSERT", isTransaction: false,
            code: .outcomeUnknown, isKept: false),
        Loss(
            testDescription: "instead of the answer to a change by itself", fault: .insteadOfAnswer, words: "second",
            isTransaction: false, code: .outcomeUnknown, isKept: true),
        Loss(
            testDescription: "instead of the answer to a query", fault: .insteadOfAnswer, words: "generate_series",
            isTransaction: false, code: .unavailable, isKept: false),
    ]

    @Test("says what is known, keeps no half of anything, and is replaced", arguments: Self.losses)
    func isReplaced(_ loss: Loss) async throws {
        try await Self.withProxy { scene, proxy, database in
            proxy.fail(loss.fault, at: loss.words)
            let body: @Sendable (any DatabaseConnection) throws -> Void = { connection in
                if loss.words == "generate_series" { _ = try connection.query("SELECT generate_series(1, 10)") }
                try connection.execute("INSERT INTO notes (text) VALUES ('first')")
                try connection.execute("INSERT INTO notes (text) VALUES ('second')")
            }
            let error = await failure {
                if loss.isTransaction {
                    try await database.transaction(body)
                } else {
                    try await database.write(body)
                }
            }
            #expect(error?.code == loss.code)
            let texts = try await database.read { try $0.query("SELECT text FROM notes ORDER BY id").map { $0["text"] } }
            if loss.isTransaction {
                #expect(texts == (loss.isKept ? [.text("first"), .text("second")] : []))
            } else {
                #expect(texts.last == (loss.isKept ? .text("second") : texts.last))
                #expect(loss.isKept || texts.isEmpty)
            }
            try await eventually("the lost connections are gone") {
                try await scene.backends("application_name = 'proxied'") == database.connectionCount
            }
        }
    }

    @Test("between two statements dooms the transaction, in a savepoint too", arguments: [false, true])
    func betweenStatements(_ isInSavepoint: Bool) async throws {
        try await Self.withProxy { scene, proxy, database in
            let error = await failure {
                try await database.transaction { connection in
                    try connection.execute("INSERT INTO notes (text) VALUES ('first')")
                    proxy.cut()
                    if isInSavepoint {
                        _ = try? connection.savepoint { _ = try connection.execute("INSERT INTO notes (text) VALUES ('second')") }
                    } else {
                        _ = try? connection.execute("INSERT INTO notes (text) VALUES ('second')")
                    }
                }
            }
            #expect([.transactionFailed, .unavailable].contains(error?.code))
            let texts = try await database.read { try $0.query("SELECT text FROM notes") }
            #expect(texts.isEmpty)
        }
    }

    @Test("while it rests is noticed by nobody")
    func whileIdle() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 2)) { scene in
            try await Self.loseIdleConnections(of: scene)
        }
    }

    private static func loseIdleConnections(of scene: PostgresScene) async throws {
        let database = scene.database
        try await database.write { try $0.execute("CREATE TABLE notes (text text)") }
        for round in 0..<TestRun.count(5, long: 100) {
            try await scene.terminateBackends()
            try await database.write { try $0.execute("INSERT INTO notes VALUES ('a')") }
            try await database.transaction { try $0.execute("INSERT INTO notes VALUES ('b')") }
            #expect(try await database.read { try $0.query("SELECT text FROM notes").count } == 2 * round + 2)
        }
    }

    @Test("through the server's own word is told with it, and surely undone", arguments: [false, true])
    func terminated(_ isTransaction: Bool) async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 2)) { scene in
            let database = scene.database
            try await database.write { try $0.execute("CREATE TABLE notes (text text)") }
            let insertion: SQL = "INSERT INTO notes SELECT 'x' FROM pg_sleep(60)"
            let victim = Task {
                if isTransaction {
                    try await database.transaction { _ = try $0.execute(insertion) }
                } else {
                    try await database.write { _ = try $0.execute(insertion) }
                }
            }
            try await eventually("it runs") { try await scene.backends("query LIKE '%pg_sleep%' AND state = 'active'") == 1 }
            try await scene.terminateBackends()
            let error = await failure { try await victim.value }
            #expect(error?.code == .unavailable)
            #expect(error?.detail?.contains("57P01") == true)
            #expect(try await database.read { try $0.query("SELECT text FROM notes").isEmpty })
        }
    }

    @Test("as its server is stopped, killed or halted, is back as soon as the server is")
    func serverRestarts() async throws {
        try await withPostgresServer { server in
            let configuration = PostgresConfiguration(
                maximumConnections: 3, connectTimeout: .seconds(1), statementTimeout: .milliseconds(500))
            try await withScene(on: server, configuration) { scene in
                let database = scene.database
                try await database.write { try $0.execute("CREATE TABLE notes (text text)") }
                // While it rests.
                try await server.stop()
                #expect(await failure { _ = try await database.read { try $0.query("SELECT 1") } }?.code == .unavailable)
                try await server.start()
                #expect(try await database.read { try $0.query("SELECT text FROM notes").isEmpty })
                try await server.restart()
                #expect(try await database.read { try $0.query("SELECT text FROM notes").isEmpty })
                try await Self.killInTransaction(server, database)
                #expect(try await database.read { try $0.query("SELECT text FROM notes").isEmpty })
                // Halted: nobody waits for longer than a statement may take.
                server.suspend()
                let reading = await failure { _ = try await database.read { try $0.query("SELECT text FROM notes") } }
                #expect([.timedOut, .unavailable].contains(reading?.code))
                let writing = await failure { try await database.write { try $0.execute("INSERT INTO notes VALUES ('a')") } }
                #expect([.outcomeUnknown, .unavailable].contains(writing?.code))
                server.resume()
                #expect(try await database.read { try $0.query("SELECT 1").count } == 1)
                try await eventually("no connection is left over") { try await scene.backends() <= database.connectionCount }
            }
        }
    }

    private static func killInTransaction(_ server: PostgresServer, _ database: PostgresDatabase) async throws {
        let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
        let barrier = Meeting()
        let victim = Task {
            try await database.transaction { connection in
                try connection.execute("INSERT INTO notes VALUES ('a')")
                continuation.yield()
                barrier.meetOnce(1)
                try connection.execute("INSERT INTO notes VALUES ('b')")
            }
        }
        for await _ in inside { break }
        try await server.restart()
        barrier.meetOnce(2)
        #expect(await failure { try await victim.value }?.code == .unavailable)
    }

    /// Lends a database that is reached through a proxy, with one empty table.
    private static func withProxy(
        _ body: (PostgresScene, WireProxy, PostgresDatabase) async throws -> Void
    ) async throws {
        try await withScene { scene in
            try await scene.database.write {
                try $0.execute("CREATE TABLE notes (id int8 GENERATED ALWAYS AS IDENTITY, text text)")
            }
            let proxy = try WireProxy(port: scene.server.port)
            defer { proxy.stop() }
            let database = try await PostgresDatabase.open(
                url: DatabaseURL(proxy.url(database: scene.name)),
                configuration: PostgresConfiguration(maximumConnections: 2, applicationName: "proxied"))
            do {
                try await body(scene, proxy, database)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }
}
