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
                    "0003 2e6c416b30e9d2cc5e5004899b49346fef174cd2bd80332d48f980f5f1e59431",
                    "0004 d3e5b5df394ca3fa2d5a6cdffc0e84d1c5b7c7041180a1732e7d9d114e9cc6ed",
                    "0005 69f13111cb859a4a100f91eace25b7805afa74e17d49b7bff2fc5dce37479d66",
                    "0006 a0e70cfd0dc17d111422dec72c6c6e706b119cadb4f232a014737ba9a95bae7e",
                ])
        }
    }

    @Test("returns on the way down to exactly what was before, triggers and functions included", arguments: TestStore.allCases)
    func downAndUp(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, AuthFixture.chains, at: nil) { database, migrator in
            try await migrator.upgrade(to: .revision("d4e5f6a7b8c9", chain: "commons"))
            try await migrator.upgrade(to: .revision("0002", chain: "gateway"))
            var pictures: [SchemaCatalogue] = [try await database.read { try SchemaCatalogue($0) }]
            for revision in ["0001", "0002", "0003", "0004", "0005", "0006"] {
                try await migrator.upgrade(to: .revision(revision, chain: "auth"))
                pictures.append(try await database.read { try SchemaCatalogue($0) })
            }
            #expect(Set(pictures.map(\.others.count)).count == 6)
            try await migrator.downgrade(to: .revision("0005", chain: "auth"))
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[5])
            try await migrator.downgrade(to: .revision("0004", chain: "auth"))
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[4])
            try await migrator.downgrade(to: .revision("0003", chain: "auth"))
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[3])
            try await migrator.downgrade(to: .revision("0002", chain: "auth"))
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[2])
            try await migrator.downgrade(to: .revision("0001", chain: "auth"))
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[1])
            try await migrator.downgrade(to: .steps(1))
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[0])
            try await migrator.upgrade()
            #expect(try await database.read { try SchemaCatalogue($0) } == pictures[6])
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
                """
                INSERT INTO admin_sessions (digest, key_id, created_at, expires_at)
                VALUES ('a', 'b', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z')
                """,
                "DELETE FROM admin_sessions",
                """
                INSERT INTO admin_sessions (digest, key_id, created_at, expires_at)
                VALUES ('a', 'b', '2026-01-01T00:00:00.000000Z', '2999-01-01T00:00:00.000000Z')
                """,
                // Sessions are never remembered.
                "UPDATE admin_sessions SET expires_at = '2998-01-01T00:00:00.000000Z'", "DELETE FROM admin_sessions",
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

    @Test("knows of each active row of api_keys whether a key accounts for its hash", arguments: TestStore.allCases)
    func candidates(_ store: TestStore) async throws {
        try await withMigratedDatabase(store, AuthFixture.chains, at: nil) { database, migrator in
            try await migrator.upgrade(to: .revision("d4e5f6a7b8c9", chain: "commons"))
            try await migrator.upgrade(to: .revision("0002", chain: "gateway"))
            try await migrator.upgrade(to: .revision("0002", chain: "auth"))
            let fixture = AuthFixture(database: database)
            for (caller, hash) in [("a", "1"), ("b", "2")] { try await fixture.seed(caller, hash: hash) }
            try await fixture.run(
                """
                INSERT INTO caller_keys (id, digest, owner_kind, owner_id, key_hash, created_at)
                VALUES ('k', 'd', 'gateway_caller', 'a', '1', '2026-01-01T00:00:00.000000Z')
                """)
            try await migrator.upgrade()
            let waiting = { @Sendable () async throws -> [String] in
                try await database.query(
                    """
                    SELECT a.caller_id AS c FROM caller_key_candidates k LEFT JOIN api_keys a ON a.id = k.api_key_id
                    ORDER BY k.number
                    """
                ).map { try $0.decode("c", as: String.self) }
            }
            #expect(try await waiting() == ["b"])
            try await fixture.seed("c", hash: "3")
            #expect(try await waiting() == ["b", "c"])
            let steps: [(SQL, [String])] = [
                ("UPDATE api_keys SET key_hash = '22' WHERE caller_id = 'b'", ["c", "b"]),
                ("UPDATE api_keys SET key_hash = '22', role = 'x' WHERE caller_id = 'b'", ["c", "b"]),
                ("UPDATE api_keys SET is_active = FALSE WHERE caller_id = 'c'", ["b"]),
                ("UPDATE api_keys SET is_active = TRUE", ["b", "c"]),
                ("UPDATE api_keys SET key_hash = '9' WHERE caller_id = 'a'", ["b", "c", "a"]),
                ("UPDATE api_keys SET key_hash = '1' WHERE caller_id = 'a'", ["b", "c"]),
                ("UPDATE api_keys SET caller_id = 'z' WHERE caller_id = 'a'", ["b", "c", "z"]),
                ("DELETE FROM api_keys WHERE caller_id = 'b'", ["c", "z"]),
                ("DELETE FROM api_keys", []),
            ]
            for (statement, expected) in steps {
                try await fixture.run(statement)
                #expect(try await waiting() == expected, "\(statement)")
            }
            guard store == .postgres else { return }
            try await fixture.seed("d", hash: "4")
            try await fixture.run("TRUNCATE api_keys")
            #expect(try await waiting().isEmpty)
        }
    }
}
