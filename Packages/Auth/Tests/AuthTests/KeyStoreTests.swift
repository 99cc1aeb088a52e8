import Cryptography
import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@testable import Auth

@Suite("Key store")
struct KeyStoreTests {
    @Test("refuses an e-mail address that is taken, and leaves nothing behind", arguments: TestStore.allCases)
    func emailTaken(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            _ = try await fixture.store.createUser(email: "burst-3@test.invalid", displayName: nil)
            let error = await #expect(throws: AuthError.self) {
                try await fixture.store.createUser(email: "burst-3@test.invalid", displayName: nil)
            }
            #expect(error?.code == .emailTaken)
            #expect(try await fixture.store.keys().count == 1)
        }
    }

    @Test("admits any number of users without an address", arguments: TestStore.allCases)
    func noEmail(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            _ = try await fixture.store.createUser(email: nil, displayName: "a")
            _ = try await fixture.store.createUser(email: nil, displayName: "a")
            #expect(try await fixture.store.keys().count == 2)
            #expect(try await fixture.store.hasUsers())
        }
    }

    @Test("does not count a new key as a change after which others may have ended", arguments: TestStore.allCases)
    func newKeysChangeNothing(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let user = try await fixture.store.createUser(email: nil, displayName: nil)
            _ = try await fixture.store.createKey(for: user.userID)
            let changes = try await fixture.database.read { connection in
                try connection.queryOne("SELECT changes FROM caller_key_changes")?.decode("changes", as: Int.self)
            }
            #expect(changes == 0)
        }
    }

    @Test("refuses texts that are longer than their columns or no address", arguments: TestStore.allCases)
    func bounds(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let long = String(repeating: "x", count: 300)
            for (email, name, label) in [("a b@c", "n", "l"), ("x@" + long, "n", "l"), ("a@b", long, "l"), ("a@b", "n", long)] {
                let error = await #expect(throws: AuthError.self) {
                    try await fixture.store.createUser(email: email, displayName: name, details: KeyDetails(label: label))
                }
                #expect(error?.code == .invalidText)
            }
            let hasUsers = try await fixture.store.hasUsers()
            #expect(!hasUsers)
        }
    }

    @Test("says which change is impossible", arguments: TestStore.allCases)
    func impossibleChanges(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            #expect(
                await #expect(throws: AuthError.self) { try await fixture.store.createKey(for: "nobody") }?.code == .unknownUser)
            let unknown = KeyID(unchecked: "00000000")
            #expect(await #expect(throws: AuthError.self) { try await fixture.store.revoke(unknown) }?.code == .unknownKey)
            let created = try await fixture.store.createUser(email: nil, displayName: nil)
            try await fixture.store.revoke(created.key.publicID)
            let error = await #expect(throws: AuthError.self) { try await fixture.store.revoke(created.key.publicID) }
            #expect(error?.code == .alreadyRevoked)
        }
    }

    @Test("lists keys of one owner, newest first, with what is noted about them", arguments: TestStore.allCases)
    func list(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let user = try await fixture.store.createUser(email: nil, displayName: nil)
            let expiry = Timestamp.now().advanced(by: .seconds(3_600))
            let second = try await fixture.store.createKey(
                for: user.userID, details: KeyDetails(label: "ci", person: "jo@example.org", expiresAt: expiry))
            _ = try await fixture.store.createUser(email: nil, displayName: nil)
            let keys = try await fixture.store.keys(of: user.userID)
            #expect(keys.map(\.id) == [second.key.publicID, user.key.publicID])
            #expect(keys.first?.label == "ci")
            #expect(keys.first?.person == "jo@example.org")
            #expect(keys.first?.expiresAt == expiry)
            #expect(keys.last?.revokedAt == nil)
        }
    }

    @Test("looks a key up by indexes of single rows, and first in none that knows revoked keys", arguments: TestStore.allCases)
    func lookUpPlan(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let statement = KeyTable.lookUp(SHA256.hash("x".utf8), fixture.database.dialect)
            if fixture.database.dialect == .postgres { try await self.fillTables(fixture) }
            let plan = try await fixture.database.read { connection in
                switch connection.dialect {
                case .sqlite:
                    try connection.query("EXPLAIN QUERY PLAN " + statement).map { try $0.decode("detail", as: String.self) }
                case .postgres:
                    try connection.query("EXPLAIN " + statement).map { try $0.decode("QUERY PLAN", as: String.self) }
                }
            }
            #expect(!plan.contains { $0.hasPrefix("SCAN") || $0.contains("Seq Scan") }, "\(plan)")
            guard fixture.database.dialect == .postgres else { return }
            let indexes = Set(plan.compactMap { $0.firstMatch(of: /using ([a-z_]+) on/).map { String($0.1) } })
            #expect(
                indexes == [
                    "uq_users_api_key_hash", "uq_caller_keys_digest", "ix_caller_keys_valid_digest", "pk_users",
                    "ix_api_keys_caller_id", "pk_admin_sessions", "pk_caller_keys", "pk_moderators",
                ], "\(plan)")
            // By that one the key beside a user's hash is found, of whom there must be one first.
            #expect(plan.count { $0.contains("uq_caller_keys_digest") } == 1, "\(plan)")
        }
    }

    /// PostgreSQL chooses by what it knows of the tables, and reads small ones whole.
    private func fillTables(_ fixture: AuthFixture) async throws {
        let statements: [SQL] = [
            """
            INSERT INTO users (id, api_key_hash)
            SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN md5(n::text) END FROM generate_series(1, 4000) n
            """,
            """
            INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment)
            SELECT 'agent-' || n, md5(n::text), 'developer', 2, 'dev' FROM generate_series(1, 4000) n
            """,
            """
            INSERT INTO caller_keys (id, digest, owner_kind, owner_id, is_primary, created_at)
            SELECT left(md5(id::text), 16), md5(id::text), 'user', id::text, FALSE, now() FROM users
            """,
            """
            INSERT INTO caller_keys (id, digest, owner_kind, owner_id, is_primary, created_at)
            SELECT 'g' || id, md5('g' || id), 'gateway_caller', caller_id, TRUE, now() FROM api_keys
            """,
            """
            INSERT INTO admin_sessions (digest, key_id, created_at, expires_at)
            SELECT md5('s' || id), id, now(), now() FROM caller_keys
            """,
            "ANALYZE users", "ANALYZE api_keys", "ANALYZE caller_keys", "ANALYZE admin_sessions",
        ]
        for statement in statements { try await fixture.run(statement) }
    }
}
