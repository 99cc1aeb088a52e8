import AuthSchema
import CommonsSchema
public import Migrations
public import Persistence
import PersistenceSQLite

/// Everything that programs know about the schema: which chains there are, and how a database is opened for them.
public enum GatehouseSchema {
    /// All chains, in the order in which they are applied where nothing else decides.
    public static let chains = [CommonsRevisions.chain, AuthRevisions.chain]

    /// Refuses a database that this build has no driver for, without opening anything.
    ///
    /// - Throws: `PersistenceError` with code `invalidURL` for PostgreSQL.
    public static func requireServed(_ url: DatabaseURL) throws(PersistenceError) {
        if case .postgres = url.location {
            throw PersistenceError(.invalidURL, message: "PostgreSQL is not served yet; allowed: sqlite:PATH")
        }
    }

    /// Opens the database that a URL leads to, and a migrator over all chains of it.
    ///
    /// - Throws: `PersistenceError`; with code `invalidURL` for PostgreSQL, which this build does not serve.
    ///   `MigrationError` when the chains contradict each other.
    public static func open(_ url: DatabaseURL) async throws -> (database: any Database, migrator: Migrator) {
        try self.requireServed(url)
        let database = try await SQLiteDatabase.open(url: url)
        let lock = FileMigrationLock(databasePath: database.path)
        return (database, try Migrator(database: database, chains: self.chains, lock: lock))
    }

    /// Opens a database for as long as the body runs.
    ///
    /// - Throws: As ``open(_:)``, and what the body throws.
    public static func withDatabase(
        _ url: DatabaseURL, _ body: (any Database, Migrator) async throws -> Void
    ) async throws {
        let (database, migrator) = try await self.open(url)
        do {
            try await body(database, migrator)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
