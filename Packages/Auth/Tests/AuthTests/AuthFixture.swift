import Auth
import AuthSchema
import CommonsSchema
import Identity
import Logging
import Migrations
import Persistence
import PersistenceSQLite

/// A migrated database of its own for one test.
struct AuthFixture {
    let database: SQLiteDatabase
    let store: KeyStore

    static func with(_ body: (AuthFixture) async throws -> Void) async throws {
        let database = try await SQLiteDatabase.inMemory()
        do {
            let migrator = try Migrator(
                database: database, chains: [CommonsRevisions.chain, AuthRevisions.chain],
                lock: FileMigrationLock(databasePath: database.path))
            try await migrator.upgrade()
            try await body(AuthFixture(database: database, store: KeyStore(database: database)))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// An authority of its own, as another process on the same database would have.
    func authority(cacheCapacity: Int = 1_000) -> KeyAuthority {
        var configuration = KeyAuthorityConfiguration()
        configuration.cacheCapacity = cacheCapacity
        configuration.pollPause = .milliseconds(20)
        return KeyAuthority(database: self.database, configuration: configuration, logger: Logger(label: "test"))
    }

    /// Writes a user as an older tool would.
    func insertUser(id: String, keyHash: String) async throws {
        let now = Timestamp.now()
        try await self.database.write { connection in
            _ = try connection.execute(
                "INSERT INTO users (id, api_key_hash, created_at, updated_at) VALUES (\(id), \(keyHash), \(now), \(now))")
        }
    }
}
