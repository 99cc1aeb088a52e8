import ApprovalSchema
import AuditSchema
import AuthSchema
import CommonsSchema
import CredentialsSchema
import GatewaySchema
import IdempotencySchema
import KnowledgeFreshnessSchema
import KnowledgeSchema
public import Migrations
import MigrationsPostgres
public import Persistence
public import PersistencePostgres
import PersistenceSQLite
import RetrievalSchema
import WebhooksSchema

/// Everything that programs know about the schema: which chains there are, and how a database is opened for them.
public enum GatehouseSchema {
    /// All chains, in the order in which they are applied where nothing else decides.
    public static let chains = [
        CommonsRevisions.chain, CommonsRevisions.vectors, GatewayRevisions.chain, AuthRevisions.chain, AuditRevisions.chain,
        ApprovalRevisions.chain, WebhooksRevisions.chain, IdempotencyRevisions.chain, KnowledgeRevisions.chain,
        FreshnessRevisions.chain, CredentialsRevisions.chain, RetrievalRevisions.chain,
    ]

    /// How a program that changes the schema uses PostgreSQL: few connections, and statements that may take their time.
    ///
    /// - Parameters:
    ///   - connectTimeout: How long it may take to connect.
    ///   - lockTimeout: How long a change waits for a table in use; everybody who comes later waits behind it.
    public static func migrationConfiguration(
        connectTimeout: Duration = .seconds(5), lockTimeout: Duration = .seconds(30)
    ) -> PostgresConfiguration {
        PostgresConfiguration(
            maximumConnections: 2, connectTimeout: connectTimeout, statementTimeout: nil, lockTimeout: lockTimeout,
            applicationName: "gatehouse-migrator")
    }

    /// Opens the database that a URL leads to, and a migrator over all chains of it.
    ///
    /// - Parameters:
    ///   - url: A SQLite file, which is made if need be, or a database on a PostgreSQL server.
    ///   - postgres: How the server is used, if it is one.
    /// - Throws: `PersistenceError`; `MigrationError` when the chains contradict each other.
    public static func open(
        _ url: DatabaseURL, postgres: PostgresConfiguration
    ) async throws -> (database: any Database, migrator: Migrator) {
        switch url.dialect {
        case .sqlite:
            let database = try await SQLiteDatabase.open(url: url)
            let lock = FileMigrationLock(databasePath: database.path)
            return (database, try Migrator(database: database, chains: self.chains, lock: lock))
        case .postgres:
            let database = try await PostgresDatabase.open(url: url, configuration: postgres)
            let lock = PostgresMigrationLock(url: url, configuration: postgres)
            return (database, try Migrator(database: database, chains: self.chains, lock: lock))
        }
    }

    /// Opens a database for as long as the body runs.
    ///
    /// - Throws: As ``open(_:postgres:)``, and what the body throws.
    public static func withDatabase(
        _ url: DatabaseURL, postgres: PostgresConfiguration, _ body: (any Database, Migrator) async throws -> Void
    ) async throws {
        let (database, migrator) = try await self.open(url, postgres: postgres)
        do {
            try await body(database, migrator)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// What keeps a program from working on a database as it is, in words for people; `nil` at the newest schema.
    ///
    /// Takes no lock and changes nothing.
    ///
    /// - Throws: `MigrationError` when the records and the program disagree; `PersistenceError`.
    public static func obstacle(_ migrator: Migrator) async throws -> String? {
        let status = try await migrator.status()
        if status.isCurrent { return nil }
        var reasons: [String] = []
        let pending = status.pending.filter { !status.waitingForAdoption.contains($0.chain) }
        if !pending.isEmpty {
            reasons.append("the schema is behind, it lacks \(pending.map(\.description).joined(separator: ", "))")
        }
        if !status.waitingForAdoption.isEmpty {
            reasons.append(
                "tables of another tool wait for adoption as chain \(status.waitingForAdoption.joined(separator: ", "))")
        }
        if !status.unrecordedTables.isEmpty {
            reasons.append("there are tables without a record: \(status.unrecordedTables.joined(separator: ", "))")
        }
        return reasons.joined(separator: "; ")
    }
}
