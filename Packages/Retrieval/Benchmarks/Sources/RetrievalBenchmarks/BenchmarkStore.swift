import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import RetrievalSchema
import TestKit

/// A migrated database and a folder for files.
enum BenchmarkStore {
    enum Kind: String, CaseIterable {
        case sqlite, postgres
    }

    /// Nobody else knows of the database.
    private struct NoLock: MigrationLock {
        func withLock<T: Sendable>(
            waiting: @Sendable () -> Void, _ body: @Sendable () async throws -> T
        ) async throws -> T {
            try await body()
        }
    }

    static func with(_ kind: Kind, _ body: (any Database, String) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            switch kind {
            case .sqlite:
                try await self.with(try await SQLiteDatabase.open(path: "\(folder)/benchmark.sqlite"), folder, body)
            case .postgres:
                try await withPostgresServer(PostgresServerOptions()) { server in
                    let url = try DatabaseURL(server.url(database: try await server.createDatabase()))
                    try await self.with(try await PostgresDatabase.open(url: url), folder, body)
                }
            }
        }
    }

    private static func with(
        _ database: any Database, _ folder: String, _ body: (any Database, String) async throws -> Void
    ) async throws {
        try await Migrator(database: database, chains: [RetrievalRevisions.chain], lock: NoLock()).upgrade()
        try await body(database, folder)
        await database.close()
    }

    static func analyze(_ database: any Database) async throws {
        // What a PostgreSQL server does by itself once in a minute. On SQLite nobody does, and plans must be right without.
        guard database.dialect == .postgres else { return }
        try await database.write { _ = try $0.execute("ANALYZE") }
    }
}
