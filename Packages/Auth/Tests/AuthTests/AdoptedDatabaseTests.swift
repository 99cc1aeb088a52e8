import Identity
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@testable import Auth

@Suite("Keys in a database of the older tools")
struct AdoptedDatabaseTests {
    @Test(
        "work at once, old ones and new ones",
        arguments: [OlderDatabase.commonsAtPrescription, .commonsLater, .gatewayAt0001, .both])
    func keys(_ older: OlderDatabase) async throws {
        try await withTestDatabase(.postgres) { database in
            try await older.create(in: database)
            let hasUsers = older != .gatewayAt0001
            if hasUsers {
                try await database.write { connection in
                    _ = try connection.execute(
                        """
                        INSERT INTO users (id, api_key_hash) VALUES ('6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f',
                            '62af8704764faf8ea82fc61ce9c4c3908b6cb97d463a634e9e587d7c885db0ef')
                        """)
                }
            }
            try await Migrator(database: database, chains: AuthFixture.chains, lock: NoMigrationLock()).upgrade()
            let fixture = AuthFixture(database: database, store: KeyStore(database: database))
            let authority = fixture.authority()
            #expect(try await (authority.caller(presenting: "test-key") != nil) == hasUsers)
            let user = try await fixture.store.createUser(email: "a@b", displayName: nil)
            #expect(try await authority.caller(presenting: user.key.text)?.id.text == user.userID)
            let agent = try await fixture.store.createGatewayCaller(
                id: CallerID(unchecked: "dev-agent"), role: .developer, trustLevel: .medium, environment: .development)
            #expect(try await authority.caller(presenting: agent.key.text)?.organisation == .default)
            await authority.poll()
            #expect(try await authority.caller(presenting: agent.key.text) != nil)
            try await fixture.run("UPDATE api_keys SET is_active = FALSE")
            try await fixture.run("UPDATE users SET api_key_hash = NULL")
            await authority.poll()
            for key in ["test-key", user.key.text, agent.key.text] {
                #expect(try await authority.caller(presenting: key) == nil)
            }
        }
    }

    @Test("leave their moderators moderators")
    func moderators() async throws {
        try await withTestDatabase(.postgres) { database in
            try await OlderDatabase.commonsLater.create(in: database)
            let id = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"
            let digest = "62af8704764faf8ea82fc61ce9c4c3908b6cb97d463a634e9e587d7c885db0ef"
            try await database.write { connection in
                _ = try connection.execute(
                    "INSERT INTO users (id, api_key_hash, is_moderator) VALUES (\(id), \(digest), \(true))")
            }
            let migrator = try Migrator(database: database, chains: AuthFixture.chains, lock: NoMigrationLock())
            try await migrator.upgrade()
            let fixture = AuthFixture(database: database, store: KeyStore(database: database))
            #expect(try await fixture.authority().caller(presenting: "test-key")?.role == Role("moderator"))
        }
    }
}
