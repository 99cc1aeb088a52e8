public import Migrations
public import Persistence
public import DatabaseTestSupport

/// Opens an empty database of its own, brings it to a revision, lends it, and throws it away.
///
/// - Parameters:
///   - store: The kind of database.
///   - chains: The chains that its migrator knows.
///   - target: How far it is brought; `nil` leaves it empty.
///   - body: Gets the database and its migrator.
public func withMigratedDatabase<T>(
    _ store: TestStore, _ chains: [RevisionChain], at target: MigrationTarget? = .head,
    _ body: (any Database, Migrator) async throws -> T
) async throws -> T {
    try await withTestDatabase(store) { database in
        let migrator = try Migrator(database: database, chains: chains, lock: NoMigrationLock())
        if let target { try await migrator.upgrade(to: target) }
        return try await body(database, migrator)
    }
}

/// The lock of a database that nobody else knows of.
public struct NoMigrationLock: MigrationLock {
    /// Creates a lock.
    public init() {}

    /// Runs the body at once.
    public func withLock<T: Sendable>(
        waiting: @Sendable () -> Void, _ body: @Sendable () async throws -> T
    ) async throws -> T {
        try await body()
    }
}
