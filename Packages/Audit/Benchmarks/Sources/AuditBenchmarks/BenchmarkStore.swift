import Audit
import AuditSchema
import Cryptography
import GatewaySchema
import Logging
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import TestKit

/// A migrated database and a folder.
struct BenchmarkStore {
    let database: any Database
    let folder: String
    let keyring: SecretKeyring

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
            try await withPostgresServer { server in
                let url = try DatabaseURL(server.url(database: try await server.createDatabase()))
                try await self.with(try await PostgresDatabase.open(url: url), body)
            }
        }
    }

    private static func with(_ database: any Database, _ body: (BenchmarkStore) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let chains = [GatewayRevisions.chain, AuditRevisions.chain]
            try await Migrator(database: database, chains: chains, lock: NoLock()).upgrade()
            let keyring = SecretKeyring(current: try ServerSecret.random())
            try await body(BenchmarkStore(database: database, folder: "\(folder)/audit", keyring: keyring))
            await database.close()
        }
    }

    /// Runs a journal.
    func withJournal<Value>(
        on database: any Database, batch: Int, _ body: (Journal) async throws -> Value
    ) async throws -> Value {
        var configuration = JournalConfiguration()
        configuration.maximumBatch = batch
        configuration.commitDeadline = .seconds(60)
        let journal = try await Journal.open(
            database: database, folder: self.folder, keyring: self.keyring, configuration: configuration,
            logger: Logger(label: "benchmark"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await journal.run() }
            let value = try await body(journal)
            group.cancelAll()
            return value
        }
    }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func percentile99(_ values: [Double]) -> Double { values.sorted()[values.count * 99 / 100] }

func rounded(_ value: Double, _ digits: Int = 2) -> String {
    var factor = 1.0
    for _ in 0..<digits { factor *= 10 }
    let number = (value * factor).rounded() / factor
    return digits == 0 ? String(Int(number)) : String(number)
}
