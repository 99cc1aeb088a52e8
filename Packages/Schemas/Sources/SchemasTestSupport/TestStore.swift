public import Persistence
import PersistenceSQLite

/// The stores that suites run on.
public enum TestStore: String, CaseIterable, Sendable {
    /// A file of SQLite, in memory.
    case sqlite
}

/// Lends an empty database of its own.
public func withTestDatabase<T>(_ store: TestStore, _ body: (any Database) async throws -> T) async throws -> T {
    let database = try await SQLiteDatabase.inMemory()
    do {
        let result = try await body(database)
        await database.close()
        return result
    } catch {
        await database.close()
        throw error
    }
}
