import Cryptography
import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Synchronization
import Testing

@testable import Auth

@Suite("Sessions of administrators")
struct AdminSessionTests {
    private let start = Timestamp.epoch.advanced(by: .seconds(1_800_000_000))

    private func admin(in fixture: AuthFixture, role: Role = .admin, name: String = "boss") async throws -> APIKey {
        try await fixture.store.createGatewayCaller(
            id: CallerID(unchecked: name), role: role, trustLevel: .low, environment: .production,
            organisation: OrganisationID(unchecked: "acme-prod"), details: KeyDetails(person: "jo@example.org")
        ).key
    }

    private func logIn(_ key: APIKey, _ authority: KeyAuthority) async throws -> AdminSession {
        guard case .opened(let session) = try await authority.logIn(presenting: key.text) else {
            throw AuthError(.unknownKey, message: "no session was opened")
        }
        return session
    }

    @Test(
        "are found by their token, with the person of their key, until the instant that they end", arguments: TestStore.allCases)
    func opened(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            fixture.time.set(self.start)
            let key = try await self.admin(in: fixture)
            let session = try await self.logIn(key, fixture.authority())
            #expect(Base64URL.decode(session.token)?.count == 32)
            #expect(session.expiresAt == self.start.advanced(by: .seconds(3_600)))
            #expect(session.apiKeyID == Int64(try await fixture.number("SELECT id AS n FROM api_keys") ?? 0))
            let caller = try #require(try await fixture.authority().caller(presenting: session.token))
            #expect(caller.id.text == "boss")
            #expect(caller.role == .admin)
            #expect(caller.trustLevel == .admin)
            #expect(caller.organisation.text == "acme-prod")
            #expect(caller.environment == .production)
            #expect(caller.person?.text == "jo@example.org")
            #expect(caller.keyID == key.publicID)
            #expect(!"\(session)".contains(session.token))
            let stored = try await fixture.database.query("SELECT * FROM admin_sessions").flatMap { row in
                row.columnNames.map { "\(String(describing: row[$0]))" }
            }
            #expect(!stored.contains { $0.contains(session.token) || $0.contains(key.text) })
            fixture.time.set(session.expiresAt.advanced(by: .microseconds(-1)))
            #expect(try await fixture.authority().caller(presenting: session.token) != nil)
            fixture.time.set(session.expiresAt)
            #expect(try await fixture.authority().caller(presenting: session.token) == nil)
        }
    }

    @Test("are opened by administrators' keys only", arguments: TestStore.allCases)
    func refused(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority()
            let session = try await self.logIn(try await self.admin(in: fixture), authority)
            let others = [
                try await self.admin(in: fixture, role: .developer, name: "dev").text,
                try await fixture.store.createUser(email: nil, displayName: nil).key.text,
            ]
            for key in others {
                guard case .notAdmin(_) = try await authority.logIn(presenting: key) else {
                    Issue.record("a key of somebody else opened a session")
                    continue
                }
            }
            for text in [session.token, "wrong", try APIKey().text, "", SHA256.hash(session.token.utf8).hex] {
                guard case .unknownKey = try await authority.logIn(presenting: text) else {
                    Issue.record("what is no key opened a session")
                    continue
                }
            }
            #expect(try await fixture.number("SELECT count(*) AS n FROM admin_sessions") == 1)
        }
    }

    @Test("end on another server, with their key and with what their caller is", arguments: TestStore.allCases)
    func ended(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let (first, second) = (fixture.authority(), fixture.authority())
            let key = try await self.admin(in: fixture)
            let session = try await self.logIn(key, first)
            let changes: [(SQL, Bool)] = [
                ("UPDATE api_keys SET role = 'developer'", false), ("UPDATE api_keys SET role = 'admin'", true),
                ("UPDATE api_keys SET is_active = FALSE", false), ("UPDATE api_keys SET is_active = TRUE", true),
                ("UPDATE caller_keys SET expires_at = '2026-01-01T00:00:00.000000Z'", false),
                ("UPDATE caller_keys SET expires_at = NULL", true),
                ("UPDATE api_keys SET key_hash = 'replaced'", false),
                ("UPDATE api_keys SET key_hash = (SELECT key_hash FROM caller_keys)", true),
                ("UPDATE admin_sessions SET expires_at = '2026-01-01T00:00:00.000000Z'", false),
                ("UPDATE admin_sessions SET expires_at = '2999-01-01T00:00:00.000000Z'", true),
            ]
            await second.poll()
            #expect(try await second.caller(presenting: session.token) != nil)
            for (change, isValid) in changes {
                try await fixture.run(change)
                await second.poll()
                #expect(try await (second.caller(presenting: session.token) != nil) == isValid, "\(change)")
            }
            try await first.revoke(key.publicID)
            await second.poll()
            for authority in [first, second] { #expect(try await authority.caller(presenting: session.token) == nil) }
        }
    }

    @Test("do not outlive a key that is replaced at once, or expires", arguments: TestStore.allCases)
    func keyExpires(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            fixture.time.set(self.start)
            let key = try await self.admin(in: fixture)
            let rotation = try await fixture.store.rotate(key.publicID, overlap: .seconds(10))
            let session = try await self.logIn(key, fixture.authority())
            #expect(session.expiresAt == rotation.endOfOld)
            fixture.time.set(rotation.endOfOld)
            #expect(try await fixture.authority().caller(presenting: session.token) == nil)
            let other = try await self.logIn(rotation.key, fixture.authority())
            _ = try await fixture.store.rotate(rotation.key.publicID, overlap: .zero)
            #expect(try await fixture.authority().caller(presenting: other.token) == nil)
        }
    }

    @Test("end by logging out, here and elsewhere at once", arguments: TestStore.allCases)
    func logOut(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let (first, second) = (fixture.authority(), fixture.authority())
            let key = try await self.admin(in: fixture)
            let (session, other) = (try await self.logIn(key, first), try await self.logIn(key, first))
            for authority in [first, second] {
                await authority.poll()
                #expect(try await authority.caller(presenting: session.token) != nil)
            }
            #expect(try await first.logOut(presenting: session.token))
            #expect(try await first.caller(presenting: session.token) == nil)
            #expect(try await second.caller(presenting: session.token) == nil)
            let again = try await first.logOut(presenting: session.token)
            let withKey = try await first.logOut(presenting: key.text)
            #expect(!again && !withKey)
            for text in [other.token, key.text] { #expect(try await second.caller(presenting: text) != nil) }
        }
    }

    @Test("are so many for one key at most; the oldest end first", arguments: TestStore.allCases)
    func bounded(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            fixture.time.set(self.start)
            let authority = fixture.authority { $0.sessionsPerKey = 3 }
            let key = try await self.admin(in: fixture)
            let stranger = try await self.logIn(try await self.admin(in: fixture, name: "other"), authority)
            var tokens: [String] = []
            for second in 0..<5 {
                fixture.time.set(self.start.advanced(by: .seconds(second)))
                tokens.append(try await self.logIn(key, authority).token)
            }
            var valid: [String] = []
            for token in tokens where try await fixture.authority().caller(presenting: token) != nil { valid.append(token) }
            #expect(valid == Array(tokens.suffix(3)))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { _ = try await self.logIn(key, authority) } }
                try await group.waitForAll()
            }
            #expect(try await fixture.number("SELECT count(*) AS n FROM admin_sessions") == 4)
            #expect(try await fixture.authority().caller(presenting: stranger.token) != nil)
        }
    }

    @Test("make room by what has expired before the living, and empty nobody's memory", arguments: TestStore.allCases)
    func room(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            fixture.time.set(self.start)
            let authority = fixture.authority { $0.sessionsPerKey = 3 }
            let key = try await self.admin(in: fixture)
            let stranger = try await self.admin(in: fixture, name: "other")
            let kept = try await self.logIn(key, authority)
            // Younger than the living one, and expired, as after a shorter lifetime.
            for number in 0..<2 {
                try await fixture.run(
                    """
                    INSERT INTO admin_sessions (digest, key_id, created_at, expires_at)
                    VALUES (\("expired-\(number)"), \(key.publicID.text), \(self.start.advanced(by: .seconds(1))), \(self.start))
                    """)
            }
            await authority.poll()
            let loadable = try #require(Self.digest(stranger))
            #expect(try await authority.caller(presenting: stranger.text) != nil)
            fixture.time.set(self.start.advanced(by: .seconds(2)))
            let others = [try await self.logIn(key, authority), try await self.logIn(key, authority)]
            for session in [kept] + others { #expect(try await authority.caller(presenting: session.token) != nil) }
            for _ in 0..<5 { _ = try await self.logIn(key, authority) }
            #expect(try await authority.logOut(presenting: try await self.logIn(key, authority).token))
            #expect(try await authority.caller(presenting: kept.token) == nil)
            await authority.poll()
            #expect(try await fixture.number("SELECT changes AS n FROM caller_key_changes") == 0)
            let now = fixture.time.now
            #expect(authority.state.withLock { $0.cache.entry(for: loadable, at: now) } != nil)
            #expect(try await fixture.number("SELECT count(*) AS n FROM admin_sessions") == 2)
        }
    }

    private static func digest(_ key: APIKey) -> SHA256Digest? { KeyAuthority.digest(of: key.text) }

    @Test("are removed once they have expired, without anybody forgetting keys", arguments: TestStore.allCases)
    func removal(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let authority = fixture.authority { $0.sessionsPerKey = 5_000 }
            let key = try await self.admin(in: fixture)
            // Among the living, more expired ones than one statement removes.
            let session = try await self.logIn(key, authority)
            let past = Timestamp.now().advanced(by: .seconds(-1))
            let id = key.publicID.text
            try await fixture.database.transaction { connection in
                for number in 0..<1_200 {
                    try connection.execute(
                        """
                        INSERT INTO admin_sessions (digest, key_id, created_at, expires_at)
                        VALUES (\("expired-\(number)"), \(id), \(past), \(past))
                        """)
                }
            }
            let changes: SQL = "SELECT changes AS n FROM caller_key_changes"
            let before = try await fixture.number(changes)
            await authority.removeExpiredSessions()
            #expect(try await fixture.number("SELECT count(*) AS n FROM admin_sessions") == 1)
            #expect(try await fixture.number(changes) == before)
            #expect(try await authority.caller(presenting: session.token) != nil)
        }
    }
}

@Suite("Key of the setting ADMIN_API_KEY")
struct AdminAPIKeyTests {
    private let text = ["operator", "secret"].joined(separator: "-")

    @Test("makes an administrator without a person, and nobody of anything else")
    func caller() async throws {
        let key = try #require(AdminAPIKey(self.text))
        let caller = try #require(try await key.caller(presenting: self.text))
        #expect(caller == Caller(id: AdminAPIKey.callerID, kind: .gatewayCaller, role: .admin, trustLevel: .admin))
        for text in ["", "x", self.text + " ", String(self.text.dropLast()), SHA256.hash(self.text.utf8).hex] {
            #expect(try await key.caller(presenting: text) == nil)
        }
        #expect(AdminAPIKey("") == nil)
        #expect(!"\(key)".contains(self.text))
    }

    @Test("shares its name with no gateway caller", arguments: TestStore.allCases)
    func name(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let error = await #expect(throws: AuthError.self) {
                try await fixture.store.createGatewayCaller(
                    id: AdminAPIKey.callerID, role: .admin, trustLevel: .low, environment: .development)
            }
            #expect(error?.code == .invalidText)
        }
    }

    @Test("is neither lent to nor by a row that another tool made with its name", arguments: TestStore.allCases)
    func foreignRow(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let foreign = "a-key-of-another-tool"
            let hashes = CountedHashes([1: foreign])
            try await fixture.seed(AdminAPIKey.callerID.text, hash: CountedHashes.hash(1), role: "admin", trustLevel: 4)
            let authority = fixture.authority(hashes: hashes)
            for hint in [nil, AdminAPIKey.callerID] {
                #expect(try await authority.caller(presenting: foreign, hint: hint) == nil)
            }
            guard case .unknownKey = try await authority.logIn(presenting: foreign) else {
                Issue.record("a row with the name opened a session")
                return
            }
            let standing = try await fixture.database.transaction { connection in
                try fixture.store.standing(of: AdminAPIKey.callerID, in: connection)
            }
            #expect(standing == nil)
            // Nor does the row change what the holders of the setting's key are.
            try await fixture.run("UPDATE api_keys SET role = 'developer', trust_level = 0, org_id = 'elsewhere'")
            let key = try #require(AdminAPIKey(self.text))
            #expect(
                try await key.caller(presenting: self.text)
                    == Caller(id: AdminAPIKey.callerID, kind: .gatewayCaller, role: .admin, trustLevel: .admin))
            // The setting's key is no key of the store.
            #expect(try await authority.caller(presenting: self.text) == nil)
        }
    }
}
