#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CommonsSchema
import KnowledgeSchema
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import TestKit

/// A migrated database with one user.
enum BenchmarkStore {
    enum Kind: String, CaseIterable {
        case sqlite, postgres
    }

    static let author = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"

    /// Nobody else knows of the database.
    private struct NoLock: MigrationLock {
        func withLock<T: Sendable>(
            waiting: @Sendable () -> Void, _ body: @Sendable () async throws -> T
        ) async throws -> T {
            try await body()
        }
    }

    static func with(_ kind: Kind, _ body: (any Database) async throws -> Void) async throws {
        switch kind {
        case .sqlite:
            try await withTemporaryDirectory { folder in
                try await self.with(try await SQLiteDatabase.open(path: "\(folder)/benchmark.sqlite"), body)
            }
        case .postgres:
            var options = PostgresServerOptions()
            // A server without fsync would make the one statement look cheaper than it ever is.
            options.isDurable = true
            try await withPostgresServer(options) { server in
                let url = try DatabaseURL(server.url(database: try await server.createDatabase()))
                try await self.with(try await PostgresDatabase.open(url: url), body)
            }
        }
    }

    private static func with(_ database: any Database, _ body: (any Database) async throws -> Void) async throws {
        try await Migrator(database: database, chains: [CommonsRevisions.chain, KnowledgeRevisions.chain], lock: NoLock())
            .upgrade()
        let now = Timestamp.now()
        try await database.write { connection in
            _ = try connection.execute("INSERT INTO users (id, created_at, updated_at) VALUES (\(self.author), \(now), \(now))")
        }
        try await body(database)
        await database.close()
    }

    /// Inserts rows of traces alone.
    static func insert(_ texts: [TraceText], into database: any Database) async throws {
        let now = Timestamp.now()
        for start in stride(from: 0, to: texts.count, by: 200) {
            let rows = texts[start..<min(start + 200, texts.count)].map { text in
                "(\(UUID()), \(text.title), \(text.context), \(text.solution), \(self.author), \(now), \(now))" as SQL
            }
            try await database.transaction { connection in
                _ = try connection.execute(
                    """
                    INSERT INTO traces (id, title, context_text, solution_text, contributor_id, created_at, updated_at)
                    VALUES \(rows.joined(separator: ", "))
                    """)
            }
        }
    }

    static func analyze(_ database: any Database) async throws {
        // What a PostgreSQL server does by itself once in a minute. On SQLite nobody does, and plans must be right without.
        guard database.dialect == .postgres else { return }
        try await database.write { _ = try $0.execute("ANALYZE") }
    }
}

/// Megabytes of memory that the process has, by `/proc`; 0 where there is no such file.
func residentMegabytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4_096 / 1_048_576
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func rounded(_ value: Double, _ digits: Int = 2) -> String {
    var factor = 1.0
    for _ in 0..<digits { factor *= 10 }
    let number = (value * factor).rounded() / factor
    return digits == 0 ? String(Int(number)) : String(number)
}
