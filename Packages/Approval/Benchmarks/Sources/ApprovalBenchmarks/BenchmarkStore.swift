import Approval
import ApprovalSchema
import ApprovalTestSupport
import Cryptography
import GatewaySchema
import Logging
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import TestKit

/// A migrated database with a desk on it.
struct BenchmarkStore {
    let database: any Database
    let desk: ApprovalDesk
    let ledger: InMemoryLedger

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

    static func with(_ kind: Kind, _ body: (BenchmarkStore) async throws -> Void) async throws {
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

    private static func with(_ database: any Database, _ body: (BenchmarkStore) async throws -> Void) async throws {
        let chains = [GatewayRevisions.chain, ApprovalRevisions.chain]
        try await Migrator(database: database, chains: chains, lock: NoLock()).upgrade()
        let ledger = InMemoryLedger()
        let desk = ApprovalDesk(
            database: database, keyring: SecretKeyring(current: try ServerSecret.random()), ledger: ledger,
            directory: ListedApprovers(), logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
        try await body(BenchmarkStore(database: database, desk: desk, ledger: ledger))
        await database.close()
    }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func rounded(_ value: Double, _ digits: Int = 2) -> String {
    var factor = 1.0
    for _ in 0..<digits { factor *= 10 }
    let number = (value * factor).rounded() / factor
    return digits == 0 ? String(Int(number)) : String(number)
}
