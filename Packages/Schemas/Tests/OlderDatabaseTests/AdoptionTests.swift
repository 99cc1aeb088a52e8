import CommonsSchema
import GatewaySchema
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Synchronization
import Testing

@Suite("Databases of the older tools")
struct AdoptionTests {
    private static let chains = [CommonsRevisions.chain, CommonsRevisions.vectors, GatewayRevisions.chain]

    /// What an upgrade took over, and what it applied afterwards.
    private struct Expectation {
        let adopted: [String]
        let applied: [String]
    }

    private static func expectation(_ older: OlderDatabase) -> Expectation {
        let commons = ["a1b2c3d4e5f6", "b2c3d4e5f6a7", "c3d4e5f6a7b8", "d4e5f6a7b8c9"].map { "commons:\($0)" }
        let gateway = ["gateway:0001", "gateway:0002"]
        return switch older {
        case .commonsAtPrescription:
            Expectation(adopted: ["commons:c3d4e5f6a7b8"], applied: ["commons:d4e5f6a7b8c9"] + gateway)
        case .commonsLater: Expectation(adopted: ["commons:d4e5f6a7b8c9"], applied: gateway)
        case .gatewayAt0001: Expectation(adopted: ["gateway:0001"], applied: commons + ["gateway:0002"])
        case .gatewayAt0002: Expectation(adopted: ["gateway:0002"], applied: commons)
        case .both: Expectation(adopted: ["commons:c3d4e5f6a7b8", "gateway:0002"], applied: ["commons:d4e5f6a7b8c9"])
        }
    }

    /// Upgrades, and tells what was adopted with which differences.
    private static func upgrade(_ migrator: Migrator) async throws -> (adopted: [String: [String]], applied: [String]) {
        let adopted = Mutex<[String: [String]]>([:])
        let applied = try await migrator.upgrade { progress in
            if case .adopted(let key, let differences) = progress {
                adopted.withLock { $0[key.description] = differences }
            }
        }
        return (adopted.withLock { $0 }, applied.map(\.description))
    }

    @Test("are taken over at what they are, brought to the head, and keep their rows", arguments: OlderDatabase.allCases)
    func adoption(_ older: OlderDatabase) async throws {
        try await withTestDatabase(.postgres) { database in
            try await older.create(in: database)
            let rows: [SQL] = [
                "INSERT INTO users (id, email) VALUES ('6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f', 'a@b')",
                """
                INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment)
                VALUES ('dev-agent', 'x', 'developer', 2, 'dev')
                """,
            ]
            let hasCommons = older.statements.contains { $0.hasPrefix("CREATE TABLE users") }
            let hasGateway = older.statements.contains { $0.hasPrefix("CREATE TABLE api_keys") }
            if hasCommons { try await database.write { _ = try $0.execute(rows[0]) } }
            if hasGateway { try await database.write { _ = try $0.execute(rows[1]) } }
            let migrator = try Migrator(database: database, chains: Self.chains, lock: NoMigrationLock())
            let waiting = try await migrator.status().waitingForAdoption
            #expect(waiting.sorted() == (hasCommons ? ["commons"] : []) + (hasGateway ? ["gateway"] : []))

            let (adopted, applied) = try await Self.upgrade(migrator)
            let expected = Self.expectation(older)
            #expect(adopted.keys.sorted() == expected.adopted)
            #expect(applied.sorted() == expected.applied.sorted())
            #expect(try await migrator.status().isCurrent)
            #expect(try await migrator.upgrade() == [])

            let (versions, users, keys) = try await database.read { connection in
                (
                    try connection.query("SELECT version_num FROM alembic_version ORDER BY 1").map {
                        try $0.decode("version_num", as: String.self)
                    },
                    try connection.query("SELECT id FROM users").count,
                    try connection.query("SELECT id, org_id FROM api_keys").count
                )
            }
            // The other tool goes on finding its own records.
            #expect(versions == older.versions.sorted())
            #expect(users == (hasCommons ? 1 : 0))
            #expect(keys == (hasGateway ? 1 : 0))
        }
    }

    @Test("end with every prescribed column, constraint and index", arguments: OlderDatabase.allCases)
    func catalogue(_ older: OlderDatabase) async throws {
        let fresh = try await withMigratedDatabase(.postgres, Self.chains) { database, _ in
            try await database.read { try SchemaCatalogue($0) }
        }
        try await withTestDatabase(.postgres) { database in
            try await older.create(in: database)
            try await Migrator(database: database, chains: Self.chains, lock: NoMigrationLock()).upgrade()
            let found = try await database.read { try SchemaCatalogue($0) }
            #expect(Set(fresh.constraints).subtracting(found.constraints) == [])
            #expect(Set(fresh.indexes).subtracting(found.indexes) == [])
            // Defaults may be spelled otherwise; names, types and NOT NULL may not.
            let withoutDefaults = { (lines: [String]) in
                Set(lines.map { $0.split(separator: " DEFAULT ").first.map(String.init) ?? $0 })
            }
            #expect(withoutDefaults(fresh.columns).subtracting(withoutDefaults(found.columns)) == [])
        }
    }

    @Test("tell what they have beyond the prescription")
    func differences() async throws {
        try await withTestDatabase(.postgres) { database in
            try await OlderDatabase.commonsLater.create(in: database)
            let migrator = try Migrator(database: database, chains: Self.chains, lock: NoMigrationLock())
            let lines = try #require(try await Self.upgrade(migrator).adopted["commons:d4e5f6a7b8c9"])
            for column in ["is_moderator", "last_seen_at", "country_code", "invited_by", "invites_remaining", "entry_door"] {
                #expect(lines.contains { $0.contains(column) }, "\(lines)")
            }
            #expect(lines.contains { $0.contains("0023") })
        }
    }

    @Test("tell of few differences where only the spelling of defaults differs")
    func spelling() async throws {
        try await withTestDatabase(.postgres) { database in
            try await OlderDatabase.both.create(in: database)
            let migrator = try Migrator(database: database, chains: Self.chains, lock: NoMigrationLock())
            let adopted = try await Self.upgrade(migrator).adopted
            // Of the spellings, only that of a floating-point zero shows: `'0'` instead of `0.0`.
            let spelled = try #require(adopted["commons:c3d4e5f6a7b8"])
            #expect(spelled.count <= 2 && spelled.allSatisfy { $0.contains("DEFAULT 0.0") }, "\(spelled)")
            // The older default of one instant is the zone of the server, and stays.
            let lines = adopted["gateway:0002"] ?? []
            #expect(lines.count == 1 && lines.allSatisfy { $0.contains("created_at") }, "\(lines)")
        }
    }
}
