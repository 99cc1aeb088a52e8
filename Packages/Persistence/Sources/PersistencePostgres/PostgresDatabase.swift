import Foundation
public import Persistence
import PersistenceDriver

/// A PostgreSQL database behind the ``Persistence/Database`` contract: a bounded number of connections, each on a thread
/// of its own, opened as they are needed.
///
/// What goes wrong with a connection ends at most the loan in which it happens: a connection that the server has ended, that
/// does not answer, or that is in an unknown state is closed, and the next borrower gets another. So the database is
/// back as soon as its server is, without a restart. With several hosts in the URL, the first that takes writes is used,
/// and after a fail-over the next one (`target_session_attrs`, by default `read-write` then).
///
/// A body may change its session (`SET`, `RESET`, `DISCARD`, `LISTEN`; but `SET LOCAL` is better); when it ends, its connection is
/// closed, so nobody else meets the change. One that is made by a function, such as `set_config`, is not seen.
///
/// TLS is as the URL says in libpq's parameters (`sslmode`, `sslrootcert`, `sslcert`, …). All sessions speak UTC.
public final class PostgresDatabase: Database {
    private let pool: LendingPool<PostgresSlot>
    private let census = ConnectionCensus()

    private init(location: PostgresLocation, configuration: PostgresConfiguration) throws(PersistenceError) {
        let alternatives = try ConnectionParameters.alternatives(for: location, configuration: configuration)
        self.pool = LendingPool(
            maximumWaiters: configuration.maximumWaiters, waitDeadline: configuration.waitDeadline)
        let canceller = Canceller()
        let watch = try AnswerWatch(slotCount: configuration.maximumConnections)
        var workers: [PostgresWorker] = []
        for number in 0..<configuration.maximumConnections {
            let wake = try WakeSignal()
            let surroundings = SessionSurroundings(
                configuration: configuration, interruption: Interruption(action: wake.send, whenClosing: wake.send),
                wake: wake, canceller: canceller)
            let slot = PostgresSlot(
                number: number, alternatives: alternatives, surroundings: surroundings, census: self.census, watch: watch)
            workers.append(PostgresWorker(slot: slot, surroundings: surroundings, watch: watch))
        }
        watch.start(workers.map(\.slot), of: self.pool)
        for worker in workers { worker.start(in: self.pool) }
    }

    deinit {
        self.pool.beginClosing()
    }

    /// Opens the database that a URL of the form `postgres://…` leads to, and tries one connection.
    ///
    /// - Parameters:
    ///   - url: Where the server is, and how to log in.
    ///   - configuration: How many connections there may be, and how long anything may take.
    /// - Throws: ``PersistenceError`` with code `invalidURL` for a SQLite file's URL and for parameters that libpq does not
    ///   know; `unavailable` when no connection can be had.
    public static func open(
        url: DatabaseURL, configuration: PostgresConfiguration = PostgresConfiguration()
    ) async throws -> PostgresDatabase {
        guard case .postgres(let location) = url.location else {
            throw PersistenceError(.invalidURL, message: "the database URL leads to a SQLite file, not to a PostgreSQL server")
        }
        let database = try PostgresDatabase(location: location, configuration: configuration)
        do {
            try await database.pool.lend { slot, _ in try slot.connect() }
        } catch {
            await database.close()
            throw error
        }
        return database
    }

    /// Always `postgres`.
    public var dialect: SQLDialect { .postgres }

    /// How many connections are open now; any thread may ask.
    public var connectionCount: Int { self.census.count }

    /// How many callers wait for a connection now; any thread may ask.
    public var waiterCount: Int { self.pool.waiterCount }

    /// Runs queries in one `REPEATABLE READ, READ ONLY` transaction; see ``Persistence/Database/read(_:)``.
    public func read<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try await self.pool.lend { slot, _ in try slot.run(.snapshot, body) }
    }

    /// Runs one query as ``read(_:)`` would; see ``Persistence/Database/query(_:)``.
    public func query(_ sql: SQL) async throws -> [Row] {
        try await self.rows(of: sql).rows(firstOnly: false)
    }

    /// Runs one query for its first row; see ``Persistence/Database/queryOne(_:)``.
    public func queryOne(_ sql: SQL) async throws -> Row? {
        try await self.rows(of: sql).rows(firstOnly: true).first
    }

    private func rows(of sql: SQL) async throws -> ResultRows {
        try await self.pool.lend(
            beginning: { slot, reply in slot.begin(sql, reply: reply) }, otherwise: { slot, _ in try slot.finish(sql) })
    }

    /// Runs statements, each of which is committed by itself; see ``Persistence/Database/write(_:)``.
    @discardableResult
    public func write<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try await self.pool.lend { slot, _ in try slot.run(.autocommit, body) }
    }

    /// Runs statements in one transaction; see ``Persistence/Database/runTransaction(isolation:_:)``.
    @discardableResult
    public func runTransaction<T: Sendable>(
        isolation: TransactionIsolation, _ body: @escaping @Sendable (any DatabaseConnection) throws -> T
    ) async throws -> T {
        try await self.pool.lend { slot, _ in try slot.run(.transaction(isolation), body) }
    }

    /// Refuses new borrowers, lets running bodies finish, and closes every connection. Who has a turn and no connection yet
    /// gets `closed`.
    public func close() async {
        await self.pool.close()
    }
}
