import Foundation
public import Persistence
import PersistenceDriver

/// A SQLite file behind the ``Persistence/Database`` contract: one writer, several readers that see committed data while
/// it writes.
///
/// The file is in WAL mode with foreign keys on. Each connection has a thread of its own, on which it stays for life; a
/// hop there and back costs a fraction of what a dispatch queue per connection costs (figures in the package's README).
/// A write transaction begins with `BEGIN IMMEDIATE`, so it never fails for having read before it wrote.
///
/// Other processes may use the same file. One that holds the write lock is waited for up to the busy timeout, then
/// `timedOut` is thrown.
public final class SQLiteDatabase: Database {
    /// The path of the file.
    public let path: String

    private let readers: LendingPool<SQLiteSession>
    private let writer: LendingPool<SQLiteSession>

    private init(path: String, configuration: SQLiteConfiguration, isTemporary: Bool) throws(PersistenceError) {
        self.path = path
        func makePool() -> LendingPool<SQLiteSession> {
            LendingPool(maximumWaiters: configuration.maximumWaiters, waitDeadline: configuration.waitDeadline)
        }
        self.readers = makePool()
        self.writer = makePool()
        try SQLiteFile.prepare(path: path)
        // The writer comes first: it sets WAL mode and recovers the log, which a connection for reading cannot.
        var workers = [try SQLiteWorker(path: path, role: .writer, configuration: configuration)]
        for _ in 0..<configuration.readerCount {
            workers.append(try SQLiteWorker(path: path, role: .reader, configuration: configuration))
        }
        workers[0].start(in: self.writer) { if isTemporary { SQLiteFile.removeTemporary(path: path) } }
        for (number, worker) in workers.enumerated().dropFirst() {
            worker.start(in: self.readers, number: number)
        }
    }

    deinit {
        self.readers.beginClosing()
        self.writer.beginClosing()
    }

    /// Opens a database file, creating it (mode 0600) and its folder where they are missing.
    ///
    /// - Parameters:
    ///   - path: The file, absolute or relative to the working directory.
    ///   - configuration: How it is opened and shared.
    /// - Throws: ``PersistenceError`` with code `unavailable` when the file cannot be opened, is no SQLite database, or lies
    ///   where WAL mode does not work; `timedOut` when another process keeps it locked.
    public static func open(
        path: String, configuration: SQLiteConfiguration = SQLiteConfiguration()
    ) async throws -> SQLiteDatabase {
        try await self.open(path: path, configuration: configuration, isTemporary: false)
    }

    /// Opens the database that a URL of the form `sqlite:…` leads to.
    ///
    /// - Throws: ``PersistenceError`` with code `invalidURL` for a server's URL, else as ``open(path:configuration:)``.
    public static func open(
        url: DatabaseURL, configuration: SQLiteConfiguration = SQLiteConfiguration()
    ) async throws -> SQLiteDatabase {
        switch url.location {
        case .sqliteFile(let path):
            return try await self.open(path: path, configuration: configuration)
        case .sqliteMemory:
            return try await self.inMemory(configuration: configuration)
        case .postgres:
            throw PersistenceError(.invalidURL, message: "the database URL leads to a PostgreSQL server, not to a SQLite file")
        }
    }

    /// Opens an empty database that vanishes when it is closed.
    ///
    /// It is a file in the system's temporary folder, so that it behaves like any other, several readers included.
    public static func inMemory(configuration: SQLiteConfiguration = SQLiteConfiguration()) async throws -> SQLiteDatabase {
        try await self.open(path: SQLiteFile.makeTemporaryPath(), configuration: configuration, isTemporary: true)
    }

    private static func open(
        path: String, configuration: SQLiteConfiguration, isTemporary: Bool
    ) async throws -> SQLiteDatabase {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    with: Result { try SQLiteDatabase(path: path, configuration: configuration, isTemporary: isTemporary) })
            }
        }
    }

    /// Always `sqlite`.
    public var dialect: SQLDialect { .sqlite }

    /// Runs queries on one of the readers, in a transaction that begins with the first of them; see ``Persistence/Database/read(_:)``.
    public func read<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try await self.readers.lend { session, _ in try session.run(.snapshot, body) }
    }

    /// Runs statements on the writer, each of which is committed by itself; see ``Persistence/Database/write(_:)``.
    @discardableResult
    public func write<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try await self.writer.lend { session, _ in try session.run(.autocommit, body) }
    }

    /// Runs statements on the writer between `BEGIN IMMEDIATE` and `COMMIT`, whatever the isolation; see
    /// ``Persistence/Database/runTransaction(isolation:_:)``.
    @discardableResult
    public func runTransaction<T: Sendable>(
        isolation: TransactionIsolation, _ body: @escaping @Sendable (any DatabaseConnection) throws -> T
    ) async throws -> T {
        try await self.writer.lend { session, _ in try session.run(.transaction, body) }
    }

    /// Refuses new borrowers, lets running bodies finish, and closes the file; the last connection empties the log into it.
    public func close() async {
        await self.readers.close()
        await self.writer.close()
    }
}
