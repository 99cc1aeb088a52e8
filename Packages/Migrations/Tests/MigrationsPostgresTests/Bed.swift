import Migrations
import MigrationsPostgres
import Persistence
import PersistencePostgres
import PersistenceSQLite
import DatabaseTestSupport
import TestKit

/// An empty database with what tests of migrations need of it.
struct Bed {
    let url: DatabaseURL
    let database: any Database
    let lock: any MigrationLock

    func migrator(_ chains: RevisionChain...) throws -> Migrator {
        try Migrator(database: self.database, chains: chains, lock: self.lock)
    }

    /// The name of the database on the server.
    var name: String {
        if case .postgres(let location) = self.url.location { location.database ?? "" } else { "" }
    }

    func run(_ statements: SQL...) async throws {
        try await self.database.write { connection in
            for statement in statements { try connection.execute(statement) }
        }
    }

    func picture() async throws -> SchemaPicture {
        try await self.database.read { try SchemaPicture($0) }
    }

    /// The records without the times, one a line, in order.
    func records() async throws -> [String] {
        try await self.database.read { connection in
            let rows = try connection.query(
                "SELECT chain, revision, checksum, position FROM gatehouse_revisions ORDER BY position")
            return try rows.map { row in
                let (chain, revision): (String, String) = (try row.decode("chain"), try row.decode("revision"))
                let (checksum, position): (String, Int) = (try row.decode("checksum"), try row.decode("position"))
                return "\(position) \(chain):\(revision) \(checksum)"
            }
        }
    }

    /// How many rows a query of a single statement gives.
    func count(_ query: SQL) async throws -> Int {
        try await self.database.read { try $0.query(query).count }
    }

    /// Whether there is a table of our records; without one nothing was ever recorded.
    func hasRecords() async throws -> Bool {
        try await self.database.read { connection in
            switch connection.dialect {
            case .sqlite: try connection.queryOne("SELECT 1 AS x FROM sqlite_master WHERE name = 'gatehouse_revisions'") != nil
            case .postgres: try connection.queryOne("SELECT 1 AS x WHERE to_regclass('gatehouse_revisions') IS NOT NULL") != nil
            }
        }
    }

    /// Returns once a query gives a row; throws after ten seconds.
    func wait(until query: SQL) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while try await self.count(query) == 0 {
            guard ContinuousClock.now < end else { throw TestKitError(.timedOut, message: "this never came: \(query)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The same database through new connections, which see its new settings; the caller closes it.
    static func reopened(_ bed: Bed) async throws -> Bed {
        Bed(url: bed.url, database: try await PostgresDatabase.open(url: bed.url), lock: bed.lock)
    }

    /// Lends an empty database that is closed and removed afterwards.
    static func with(_ store: TestStore, _ body: (Bed) async throws -> Void) async throws {
        try await withTestDatabaseURL(store) { url in
            let database: any Database
            let lock: any MigrationLock
            switch store {
            case .sqlite:
                let file = try await SQLiteDatabase.open(url: url)
                database = file
                lock = FileMigrationLock(databasePath: file.path, pause: .milliseconds(1))
            case .postgres:
                database = try await PostgresDatabase.open(url: url)
                lock = PostgresMigrationLock(url: url, pause: .milliseconds(1))
            }
            do {
                try await body(Bed(url: url, database: database, lock: lock))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }
}

/// Keeps nobody away.
struct NoLock: MigrationLock {
    func withLock<T: Sendable>(waiting: @Sendable () -> Void, _ body: @Sendable () async throws -> T) async throws -> T {
        try await body()
    }
}

extension MigrationError {
    /// An error that equals every other of its code, for expectations.
    static func code(_ code: Code) -> MigrationError {
        MigrationError(code, message: "")
    }
}
