import Cryptography
import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@testable import Auth

@Suite("Gateway callers")
struct GatewayCallerTests {
    private static let name = CallerID(unchecked: "dev-agent")

    private func make(in fixture: AuthFixture, _ name: CallerID = Self.name) async throws -> KeyStore.NewGatewayKey {
        try await fixture.store.createGatewayCaller(
            id: name, role: .developer, trustLevel: .medium, environment: .development,
            organisation: OrganisationID(unchecked: "acme-prod"), details: KeyDetails(person: "jo@example.org"))
    }

    @Test("are found by the digest of their key, with what their row says of them", arguments: TestStore.allCases)
    func found(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let created = try await self.make(in: fixture)
            let caller = try #require(try await fixture.authority().caller(presenting: created.key.text))
            #expect(
                caller
                    == Caller(
                        id: Self.name, kind: .gatewayCaller, organisation: OrganisationID(unchecked: "acme-prod"),
                        role: .developer,
                        trustLevel: .medium, environment: .development, keyID: created.key.publicID,
                        person: PersonID(unchecked: "jo@example.org")))
            let row = try #require(try await fixture.database.read { try $0.queryOne("SELECT * FROM api_keys") })
            let hash = try #require(BcryptHash(try row.decode("key_hash")))
            #expect(hash.text.hasPrefix("$2b$12$"))
            #expect(try Bcrypt.verify(Array(created.key.text.utf8), against: hash))
            #expect(try row.decode("is_active", as: Bool.self))
            #expect(try row.decode("last_used_at", as: Timestamp?.self) == nil)
            #expect(try await fixture.store.keys(of: "dev-agent").map(\.ownerKind) == [.gatewayCaller])
        }
    }

    @Test("are told with the human behind them, and by whether a key is left to them", arguments: TestStore.allCases)
    func standing(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let created = try await self.make(in: fixture)
            #expect(try await fixture.store.gatewayCaller(Self.name)?.role == "developer")
            #expect(try await fixture.store.gatewayCaller(CallerID(unchecked: "nobody")) == nil)
            #expect(try await fixture.store.person(behind: Self.name) == PersonID(unchecked: "jo@example.org"))
            #expect(try await fixture.store.hasValidKey(Self.name))
            let rotated = try await fixture.store.rotate(created.key.publicID, overlap: .zero)
            #expect(try await fixture.store.hasValidKey(Self.name))
            try await fixture.store.setPerson("al@example.org", of: rotated.key.publicID)
            #expect(try await fixture.store.person(behind: Self.name) == PersonID(unchecked: "al@example.org"))
            try await fixture.store.revoke(rotated.key.publicID)
            #expect(try await !fixture.store.hasValidKey(Self.name))
            #expect(try await fixture.store.person(behind: Self.name) == nil)
        }
    }

    @Test("S3-3: are trusted by the number of their row, 0 to 4, and not at all by any other", arguments: TestStore.allCases)
    func trust(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let levels = [-1, 0, 1, 2, 3, 4, 5, 99]
            let hashes = CountedHashes(
                Dictionary(uniqueKeysWithValues: levels.indices.map { ($0, "key-of-another-tool-\($0)") }))
            for (index, level) in levels.enumerated() {
                try await fixture.seed("agent-\(index)", hash: CountedHashes.hash(index), trustLevel: level)
            }
            let authority = fixture.authority(hashes: hashes)
            var found: [TrustLevel?] = []
            for index in levels.indices {
                let hint = CallerID(unchecked: "agent-\(index)")
                found.append(try await authority.caller(presenting: "key-of-another-tool-\(index)", hint: hint)?.trustLevel)
            }
            #expect(found == [.untrusted, .untrusted, .low, .medium, .high, .admin, .untrusted, .untrusted])
            #expect(TrustLevel.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
        }
    }

    @Test("have a name of their own", arguments: TestStore.allCases)
    func exists(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            try await fixture.run(
                """
                INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment)
                VALUES ('dev-agent', 'x', 'developer', 2, 'dev')
                """)
            #expect(await #expect(throws: AuthError.self) { try await self.make(in: fixture) }?.code == .callerExists)
            for name in ["", "a\nb", String(repeating: "x", count: 256)] {
                let error = await #expect(throws: AuthError.self) {
                    try await self.make(in: fixture, CallerID(unchecked: name))
                }
                #expect(error?.code == .invalidText)
            }
            #expect(try await fixture.store.keys().isEmpty)
        }
    }

    @Test("are made once when two ask for one name at once", arguments: TestStore.allCases)
    func race(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let codes = await withTaskGroup(of: AuthError.Code?.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        do {
                            _ = try await self.make(in: fixture)
                            return nil
                        } catch {
                            return (error as? AuthError)?.code ?? .unknownKey
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == .callerExists }.count == 2)
            let count = try await fixture.store.keys().count
            #expect(count == 1)
        }
    }

    @Test("end, or change, at the next poll after their row did", arguments: TestStore.allCases)
    func rowChanges(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let key = try await self.make(in: fixture).key.text
            await authority.poll()
            #expect(try await authority.caller(presenting: key)?.trustLevel == .medium)
            let changes: [(SQL, Caller?.Predicate)] = [
                ("UPDATE api_keys SET is_active = FALSE", { $0 == nil }),
                ("UPDATE api_keys SET is_active = TRUE", { $0 != nil }),
                ("UPDATE api_keys SET trust_level = 4", { $0?.trustLevel == .admin }),
                // Another tool's number that is no level.
                ("UPDATE api_keys SET trust_level = 7", { $0?.trustLevel == .untrusted }),
                ("UPDATE api_keys SET role = 'admin'", { $0?.role == .admin }),
                ("UPDATE api_keys SET role = ''", { $0 != nil && $0?.role == nil }),
                ("UPDATE api_keys SET environment = 'prod', org_id = 'other'", { $0?.organisation.text == "other" }),
                ("UPDATE caller_keys SET key_hash = 'x'", { $0 == nil }),
                ("UPDATE caller_keys SET key_hash = NULL", { $0 != nil }),
                ("UPDATE caller_keys SET owner_kind = 'user'", { $0 == nil }),
                ("UPDATE caller_keys SET owner_kind = 'gateway_caller'", { $0 != nil }),
                ("UPDATE caller_keys SET key_hash = (SELECT key_hash FROM api_keys)", { $0 != nil }),
                ("UPDATE api_keys SET key_hash = 'replaced'", { $0 == nil }),
                ("UPDATE api_keys SET key_hash = (SELECT key_hash FROM caller_keys)", { $0 != nil }),
                ("UPDATE api_keys SET caller_id = 'renamed'", { $0 == nil }),
                ("UPDATE api_keys SET caller_id = 'dev-agent'", { $0 != nil }),
                ("DELETE FROM api_keys", { $0 == nil }),
            ]
            for (change, isExpected) in changes {
                try await fixture.run(change)
                await authority.poll()
                let caller = try await authority.caller(presenting: key)
                #expect(isExpected(caller), "\(change)")
            }
        }
    }

    @Test("lose their key for older tools too when it is revoked", arguments: TestStore.allCases)
    func revocation(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let key = try await self.make(in: fixture).key
            #expect(try await authority.caller(presenting: key.text) != nil)
            try await authority.revoke(key.publicID)
            #expect(try await authority.caller(presenting: key.text) == nil)
            let stored = try await fixture.database.read { connection in
                try connection.queryOne("SELECT key_hash FROM api_keys")?.decode("key_hash", as: String.self)
            }
            // Still a hash that older tools can read; it fits no key.
            let hash = try #require(BcryptHash(stored ?? ""))
            #expect(hash.cost == 12)
            #expect(try !Bcrypt.verify(Array(key.text.utf8), against: hash))
        }
    }

    @Test("are seen in api_keys when their key was used", arguments: TestStore.allCases)
    func lastUse(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let key = try await self.make(in: fixture).key
            let before = Timestamp.now()
            _ = try await authority.caller(presenting: key.text)
            await authority.flushUses()
            let seen = try await fixture.database.read { connection in
                try connection.queryOne("SELECT last_used_at FROM api_keys")?.decode("last_used_at", as: Timestamp.self)
            }
            #expect(try #require(seen) >= before)
            #expect(try await fixture.store.keys().first?.lastUsedAt == seen)
        }
    }
}

extension Caller? {
    fileprivate typealias Predicate = @Sendable (Caller?) -> Bool
}
