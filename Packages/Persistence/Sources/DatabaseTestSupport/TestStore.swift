public import Persistence
import PersistencePostgres
import PersistenceSQLite
import TestKit
public import Testing

/// A kind of database that tests run on, as the argument of a parameterised test.
///
/// ```swift
/// @Test("keeps a trace", arguments: TestStore.allCases)
/// func keepsTrace(on store: TestStore) async throws {
///     try await withTestDatabase(store) { database in … }
/// }
/// ```
public enum TestStore: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// A SQLite file.
    case sqlite
    /// A database on a real PostgreSQL server.
    case postgres

    /// The name, under which a test run lists the case.
    public var testDescription: String { self.rawValue }
}

/// Lends the URL of an empty database of its own, and removes it when the scope is left on any path.
///
/// All PostgreSQL databases of a test process are on one server, which ends with the process.
///
/// - Parameters:
///   - store: What kind of database.
///   - body: Opens the database as often as it likes, and closes what it opened.
/// - Throws: `TestKitError` when there is no server, and what `body` throws.
public func withTestDatabaseURL<Value>(
    _ store: TestStore, _ body: (DatabaseURL) async throws -> Value
) async throws -> Value {
    switch store {
    case .sqlite:
        return try await withTemporaryDirectory { folder in
            try await body(DatabaseURL("sqlite:\(folder)/test.sqlite"))
        }
    case .postgres:
        let server = try await SharedPostgres.server()
        let name = try await server.createDatabase()
        let value: Value
        do {
            value = try await body(DatabaseURL(server.url(database: name)))
        } catch {
            // The first error is the one to tell; what is left goes with the server.
            try? await server.dropDatabase(name)
            throw error
        }
        try await server.dropDatabase(name)
        return value
    }
}

/// Lends an open, empty database of its own, and removes it when the scope is left on any path.
///
/// - Parameters:
///   - store: What kind of database.
///   - body: Uses the database; it may close it too.
/// - Throws: `TestKitError` when there is no server, `PersistenceError`, and what `body` throws.
public func withTestDatabase<Value>(
    _ store: TestStore, _ body: (any Database) async throws -> Value
) async throws -> Value {
    try await withTestDatabaseURL(store) { url in
        let database: any Database =
            switch store {
            case .sqlite: try await SQLiteDatabase.open(url: url)
            case .postgres: try await PostgresDatabase.open(url: url)
            }
        let value: Value
        do {
            value = try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        return value
    }
}
