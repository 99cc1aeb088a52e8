import Auth
import AuthSchema
import CommonsSchema
import GatewaySchema
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@Suite("Schema of keys")
struct AuthRevisionsTests {
    @Test("keeps the checksums that databases in the field have recorded")
    func checksums() async throws {
        try await withMigratedDatabase(.sqlite, AuthFixture.chains) { database, _ in
            let found = try await database.read { connection in
                try connection.query(
                    "SELECT revision, checksum FROM gatehouse_revisions WHERE chain = 'auth' ORDER BY position"
                ).map { try $0.decode("revision", as: String.self) + " " + $0.decode("checksum", as: String.self) }
            }
            #expect(
                found == [
                    "0001 baec6256cebb3f7dba4cc2056d21c3f69ba44add0df9618d696121b0b37e82bb",
                    "0002 bba18ae275fa6052fd8d97173ebb8da2829d9fcbf12f12bf42668d7908c70138",
                ])
        }
    }

    @Test("returns on the way down to exactly what was before, triggers and functions included", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, AuthFixture.chains, at: nil) { database, migrator in
            try await migrator.upgrade(to: .revision("d4e5f6a7b8c9", chain: "commons"))
            try await migrator.upgrade(to: .revision("0002", chain: "gateway"))
            var pictures: [SchemaCatalogue] = [try await database.read { try SchemaCatalogue($0) }]
            for revision in ["0001", "0002"] {
                try await migrator.upgrade(to: .revision(revision, chain: "auth"))
                pictures.append(try await database.read { try SchemaCatalogue($0) })
            }
            #expect(Set(pictures.map(\.others.count)).count == 3)
            try await migrator.downgrade(to: .revision("0001", chain: "auth"))
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[1])
            try await migrator.downgrade(to: .steps(1))
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[0])
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[2])
        }
    }

    @Test("counts a transaction after which keys may have ended, and no other", arguments: TestStore.allCases)
    func counting(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let user = try await fixture.store.createUser(email: "a@b", displayName: nil)
            _ = try await fixture.store.createKey(for: user.userID)
            let count = { @Sendable () async throws -> Int in
                try await fixture.database.read { connection in
                    try connection.queryOne("SELECT changes FROM caller_key_changes")?.decode("changes", as: Int.self) ?? -1
                }
            }
            #expect(try await count() == 0)
            let silent: [SQL] = [
                "UPDATE users SET display_name = 'x'", "UPDATE caller_keys SET last_used_at = created_at, label = 'x'",
                "INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment) VALUES ('a', 'b', 'c', 1, 'd')",
                "UPDATE api_keys SET last_used_at = created_at",
            ]
            for statement in silent { try await fixture.run(statement) }
            #expect(try await count() == 0)
            var last = 0
            var loud: [SQL] = [
                "UPDATE caller_keys SET person = 'x'", "UPDATE caller_keys SET revoked_at = created_at",
                "UPDATE users SET api_key_hash = NULL", "UPDATE api_keys SET is_active = FALSE", "DELETE FROM api_keys",
                "DELETE FROM caller_keys", "DELETE FROM users",
            ]
            if fixture.database.dialect == .postgres {
                loud += ["TRUNCATE api_keys", "TRUNCATE caller_keys", "TRUNCATE users CASCADE"]
            }
            for statement in loud {
                try await fixture.run(statement)
                let now = try await count()
                #expect(now > last, "\(statement)")
                last = now
            }
        }
    }
}
