public import Migrations
public import Persistence
public import PersistencePostgres

/// The lock of a PostgreSQL database: an advisory lock on a connection of its own, among all migrators of the database.
///
/// The server drops it when the connection ends, however it ends. If the connection is cut while a migration runs, another
/// migrator may begin; the two still take turns, since every revision locks the table of records in its own transaction,
/// and the one that finds its next revision done ends with `concurrentMigration`. Only a revision that runs in no
/// transaction has no such second guard.
public struct PostgresMigrationLock: MigrationLock {
    private let lock: PostgresAdvisoryLock

    /// Creates a lock without connecting.
    ///
    /// - Parameters:
    ///   - url: The database that is migrated.
    ///   - deadline: How long to wait for another migration; default 60 s.
    ///   - pause: How long to wait between two attempts, 1 ms or more; default 100 ms.
    ///   - configuration: How long connecting may take, and under which name the connection is seen.
    public init(
        url: DatabaseURL, deadline: Duration = .seconds(60), pause: Duration = .milliseconds(100),
        configuration: PostgresConfiguration = PostgresConfiguration()
    ) {
        self.lock = PostgresAdvisoryLock(
            url: url, key: PostgresLockKey.value, deadline: deadline, pause: pause, configuration: configuration)
    }

    /// Runs a body while no other migrator holds the lock; see `MigrationLock.withLock(waiting:_:)`.
    public func withLock<T: Sendable>(
        waiting: @Sendable () -> Void, _ body: @Sendable () async throws -> T
    ) async throws -> T {
        let result: Result<T, any Error>
        do {
            // The body's own errors pass as they are, although they may look like those of the lock.
            result = try await self.lock.withLock(waiting: waiting) {
                do { return .success(try await body()) } catch { return .failure(error) }
            }
        } catch let error as PersistenceError {
            if error.code == .timedOut {
                throw MigrationError(
                    .lockTimedOut, message: "another migration of this database did not end in time: \(error)", cause: error)
            }
            throw MigrationError(.lockUnavailable, message: "the lock of the database cannot be had: \(error)", cause: error)
        }
        return try result.get()
    }
}
