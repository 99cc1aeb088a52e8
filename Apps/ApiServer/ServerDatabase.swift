import AppSupport
import ArgumentParser
import Audit
import Auth
import Cryptography
import Migrations
import Persistence
import PersistencePostgres
import SchemaSupport
import Settings

/// The database of the server and of its command `keys`, before it is open.
struct ServerDatabase: Sendable {
    static let missingSecret = "GATEHOUSE_SECRET_KEY: is not set; allowed: base64 of 32 bytes"

    let url: DatabaseURL
    let settings: SettingsReader
    /// Whose words the errors are.
    let program: String

    /// Where the database is.
    ///
    /// - Throws: `ExitCode` 78 after a line on standard error.
    static func url(_ settings: SettingsReader) throws -> DatabaseURL {
        let text = try settings.value(of: ApiServerSettings.databaseURL)
        let (least, most) = (
            try settings.value(of: ApiServerSettings.poolMinimum), try settings.value(of: ApiServerSettings.poolMaximum)
        )
        guard least <= most else {
            throw Program.fail(
                "DATABASE_POOL_MIN: \(least) is more than DATABASE_POOL_MAX; allowed: 0 to \(most)", code: SettingsError.exitCode)
        }
        do {
            return try DatabaseURL(text)
        } catch {
            throw Program.fail("DATABASE_URL: \(error.message)", code: SettingsError.exitCode)
        }
    }

    /// Servers that share a database must share the secret, so there it cannot be made in a file.
    ///
    /// - Throws: `ExitCode` 78 after a line on standard error.
    func checkSecret() throws {
        guard self.url.dialect == .postgres, try self.settings.value(of: ApiServerSettings.secretKey) == nil else { return }
        throw Program.fail(Self.missingSecret, code: SettingsError.exitCode)
    }

    /// Opens the database at the newest schema.
    ///
    /// A SQLite file belongs to the program and is brought up to date. A PostgreSQL database may serve others, so it is only
    /// looked at, without a lock, unless the operator said otherwise.
    ///
    /// - Parameters:
    ///   - migrates: Whether the schema of a PostgreSQL database may be changed.
    ///   - progress: Told what is being changed.
    /// - Throws: `ExitCode` after a line on standard error when the schema is another; `PersistenceError`, `MigrationError`.
    func open(migrates: Bool, progress: @escaping @Sendable (MigrationProgress) -> Void) async throws -> any Database {
        let configuration = try self.configuration()
        if migrates, self.url.dialect == .postgres {
            let changing = GatehouseSchema.migrationConfiguration(connectTimeout: configuration.connectTimeout)
            try await GatehouseSchema.withDatabase(self.url, postgres: changing) { _, migrator in
                try await migrator.upgrade(progress: progress)
            }
        }
        let (database, migrator) = try await GatehouseSchema.open(self.url, postgres: configuration)
        do {
            switch self.url.dialect {
            case .sqlite:
                try await migrator.upgrade(progress: progress)
            case .postgres:
                if let obstacle = try await GatehouseSchema.obstacle(migrator) {
                    let remedy = #"run "migrator upgrade", or the server with "api-server serve --migrate""#
                    throw Program.fail("\(self.program): \(obstacle); \(remedy)")
                }
            }
        } catch {
            await database.close()
            throw error
        }
        return database
    }

    private func configuration() throws -> PostgresConfiguration {
        PostgresConfiguration(
            maximumConnections: try self.settings.value(of: ApiServerSettings.poolMaximum),
            minimumConnections: try self.settings.value(of: ApiServerSettings.poolMinimum),
            waitDeadline: try self.settings.value(of: ApiServerSettings.poolTimeout),
            connectTimeout: try self.settings.value(of: ApiServerSettings.connectTimeout),
            statementTimeout: try self.settings.value(of: ApiServerSettings.statementTimeout),
            applicationName: "gatehouse-api-server")
    }

    /// Runs a body whose errors are said on standard error.
    ///
    /// - Throws: `ExitCode`.
    func translatingErrors<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PersistenceError where error.code == .invalidURL {
            throw Program.fail("DATABASE_URL: \(error.message)", code: SettingsError.exitCode)
        } catch let error as PersistenceError {
            throw Program.fail("\(self.program): the database cannot be used: \(error.reason(for: self.url))")
        } catch let error as MigrationError {
            throw Program.fail("\(self.program): \(error.reason(for: self.url))")
        } catch let error as AuditError {
            throw Program.fail("\(self.program): \(error.message)")
        } catch let error as AuthError {
            throw Program.fail("\(self.program): \(error.message)")
        } catch let error as CryptographyError {
            throw Program.fail("\(self.program): the server's secret cannot be used: \(error)")
        }
    }
}
