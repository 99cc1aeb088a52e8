import Persistence
import PersistencePostgres
import TestKit
import Testing

/// A database of its own on a real server, the driver on it, and an observer who sees both from outside.
struct PostgresScene: Sendable {
    let server: PostgresServer
    let name: String
    let url: DatabaseURL
    let database: PostgresDatabase
    /// Connected to another database of the same server.
    let observer: PostgresDatabase

    /// How many connections there are to the database.
    func backends() async throws -> Int { try await self.backends("true") }

    /// How many connections to the database meet a condition on `pg_stat_activity`.
    func backends(_ condition: SQL) async throws -> Int {
        let name = self.name
        let row = try await self.observer.write { connection in
            try connection.queryOne(
                """
                SELECT count(*) AS n FROM pg_stat_activity
                WHERE datname = \(name) AND backend_type = 'client backend' AND \(condition)
                """)
        }
        return try #require(row).decode("n")
    }

    /// Ends all connections to the database, as an operator does, and returns when their processes are gone.
    func terminateBackends() async throws {
        let name = self.name
        try await self.observer.write { connection in
            _ = try connection.query(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = \(name)")
        }
    }

    /// A statement that takes long, and whether a connection is at it.
    static let longStatement: SQL = "SELECT pg_sleep(60)"
    static let isSleeping: SQL = "state = 'active' AND query LIKE 'SELECT pg_sleep%'"
}

/// Lends a scene on the server that all tests share.
func withScene(
    _ configuration: PostgresConfiguration = PostgresConfiguration(), _ body: (PostgresScene) async throws -> Void
) async throws {
    try await withScene(on: SharedPostgres.server(), configuration, body)
}

/// Lends a scene on a server that the test may do to what it likes.
func withScene(
    on server: PostgresServer, _ configuration: PostgresConfiguration = PostgresConfiguration(),
    _ body: (PostgresScene) async throws -> Void
) async throws {
    let name = try await server.createDatabase()
    let url = try DatabaseURL(server.url(database: name))
    let observer = try await PostgresDatabase.open(
        url: DatabaseURL(server.url()), configuration: PostgresConfiguration(maximumConnections: 1))
    let database: PostgresDatabase
    do {
        database = try await PostgresDatabase.open(url: url, configuration: configuration)
    } catch {
        await observer.close()
        throw error
    }
    let scene = PostgresScene(server: server, name: name, url: url, database: database, observer: observer)
    do {
        try await body(scene)
    } catch {
        await database.close()
        await observer.close()
        throw error
    }
    await database.close()
    await observer.close()
    try await server.dropDatabase(name)
}

/// Waits until something is so, which nobody announces; looks every few milliseconds, and fails after a while.
func eventually(
    _ what: String, within limit: Duration = .seconds(15), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("it never came about that \(what)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// The error of the package that a piece of work throws.
func failure<T>(
    sourceLocation: SourceLocation = #_sourceLocation, _ work: () async throws -> T
) async -> PersistenceError? {
    await #expect(throws: PersistenceError.self, sourceLocation: sourceLocation) { _ = try await work() }
}
