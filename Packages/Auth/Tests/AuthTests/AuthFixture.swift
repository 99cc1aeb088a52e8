import Auth
import AuthSchema
import CommonsSchema
import GatewaySchema
import Identity
import Logging
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport

/// A migrated database of its own for one test.
struct AuthFixture {
    static let chains = [CommonsRevisions.chain, GatewayRevisions.chain, AuthRevisions.chain]

    let database: any Database
    let store: KeyStore

    static func with(_ store: TestStore, _ body: (AuthFixture) async throws -> Void) async throws {
        try await withMigratedDatabase(store, Self.chains) { database, _ in
            try await body(AuthFixture(database: database, store: KeyStore(database: database)))
        }
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

    /// Runs a statement as another tool would.
    func run(_ statement: SQL) async throws {
        try await self.database.write { _ = try $0.execute(statement) }
    }
}
