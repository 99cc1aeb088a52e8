import Auth
import AuthSchema
import CommonsSchema
import GatewaySchema
import Identity
import Logging
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import TestKit

/// A migrated database with rows of `api_keys` whose keys nobody has presented, and one user.
struct BenchmarkStore {
    let database: any Database
    let knownKey: String

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

    static func with(_ kind: Kind, rows: Int, _ body: (BenchmarkStore) async throws -> Void) async throws {
        switch kind {
        case .sqlite:
            try await withTemporaryDirectory { folder in
                try await self.with(try await SQLiteDatabase.open(path: "\(folder)/benchmark.sqlite"), rows: rows, body)
            }
        case .postgres:
            try await withPostgresServer { server in
                let url = try DatabaseURL(server.url(database: try await server.createDatabase()))
                try await self.with(try await PostgresDatabase.open(url: url), rows: rows, body)
            }
        }
    }

    private static func with(
        _ database: any Database, rows: Int, _ body: (BenchmarkStore) async throws -> Void
    ) async throws {
        let chains = [CommonsRevisions.chain, GatewayRevisions.chain, AuthRevisions.chain]
        try await Migrator(database: database, chains: chains, lock: NoLock()).upgrade()
        // Hashes of the smallest cost, which fit no key: what they cost is not what is asked here.
        try await database.transaction { connection in
            for row in 0..<rows {
                let digits = String(row)
                let hash = "$2b$04$" + String(repeating: "0", count: 53 - digits.utf8.count) + digits
                try connection.execute(
                    """
                    INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment)
                    VALUES (\("agent-\(row)"), \(hash), 'developer', 2, 'dev')
                    """)
            }
        }
        let created = try await KeyStore(database: database).createUser(email: nil, displayName: nil)
        if database.dialect == .postgres {
            try await database.write { connection in
                for table in ["api_keys", "caller_keys", "caller_key_candidates", "users", "admin_sessions"] {
                    try connection.execute("ANALYZE \(identifier: table)")
                }
            }
        }
        try await body(BenchmarkStore(database: database, knownKey: created.key.text))
        await database.close()
    }

    /// An authority that tries ten rows for each unknown key, and believes nothing that it remembers: every key is looked up.
    func authority() -> KeyAuthority {
        var configuration = KeyAuthorityConfiguration()
        configuration.trustLimit = .zero
        configuration.roundsPerAttempt = 10 << 4
        return KeyAuthority(database: self.database, configuration: configuration, logger: Logger(label: "benchmark"))
    }
}
