import AppSupport
import ArgumentParser
import Auth
import Cryptography
import Migrations
import Persistence
import SchemaSupport
import Settings

/// One command's work on one database.
enum MigrationSession {
    /// Opens the database, lends a migrator, and closes.
    ///
    /// - Throws: `ExitCode` after a line on standard error that says what went wrong.
    static func run(_ options: DatabaseOptions, _ body: (Migrator) async throws -> Void) async throws {
        try await self.run(options) { _, migrator, _ in try await body(migrator) }
    }

    /// Opens the database, lends it with a migrator and the settings, and closes.
    ///
    /// - Throws: `ExitCode` after a line on standard error that says what went wrong.
    static func run(
        _ options: DatabaseOptions, _ body: (any Database, Migrator, SettingsReader) async throws -> Void
    ) async throws {
        let settings = try Program.begin(MigratorSettings.catalogue, flags: ["DATABASE_URL": options.databaseURL])
        let configuration = GatehouseSchema.migrationConfiguration(
            connectTimeout: try settings.value(of: MigratorSettings.connectTimeout),
            lockTimeout: try settings.value(of: MigratorSettings.lockTimeout))
        let url: DatabaseURL
        do {
            url = try DatabaseURL(try settings.value(of: MigratorSettings.databaseURL))
        } catch let error as PersistenceError {
            throw Program.fail("DATABASE_URL: \(error.message)", code: SettingsError.exitCode)
        }
        do {
            try await GatehouseSchema.withDatabase(url, postgres: configuration) { try await body($0, $1, settings) }
        } catch let error as PersistenceError where error.code == .invalidURL {
            throw Program.fail("DATABASE_URL: \(error.message)", code: SettingsError.exitCode)
        } catch let error as PersistenceError {
            throw Program.fail("migrator: \(error.reason(for: url))")
        } catch let error as MigrationError {
            throw Program.fail("migrator: \(error.reason(for: url))")
        } catch let error as AuthError {
            throw Program.fail("migrator: \(error.message)")
        } catch let error as CryptographyError {
            throw Program.fail("migrator: \(error)")
        }
    }

    /// Reads a target, or says what is allowed.
    static func target(_ text: String) throws -> MigrationTarget {
        guard let target = MigrationTarget(text) else {
            throw ValidationError("\"\(text)\" is no target; allowed: head, base, -N, REVISION or CHAIN:REVISION")
        }
        return target
    }

    /// Prints what a run does, as it does it.
    @Sendable static func report(_ progress: MigrationProgress) {
        switch progress {
        case .waitingForLock: Program.say("waiting for another migrator of this database")
        case .applying(let key, let title): Program.say("applying \(key): \(title)")
        case .applied(let key, let duration): Program.say("applied \(key) in \(duration.milliseconds) ms")
        case .undoing(let key, let title): Program.say("undoing \(key): \(title)")
        case .undone(let key, let duration): Program.say("undone \(key) in \(duration.milliseconds) ms")
        case .skipped(let key, let title): Program.say("left out \(key), which does not apply here: \(title)")
        case .adopted(let key, let differences):
            Program.say("adopted the tables of another tool as \(key), with \(differences.count) differences")
            for line in differences { Program.say("  \(line)") }
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 {
        self.components.seconds * 1_000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}
