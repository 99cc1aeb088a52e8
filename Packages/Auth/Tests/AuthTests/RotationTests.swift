import Cryptography
import Identity
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@testable import Auth

@Suite("Rotation of keys")
struct RotationTests {
    private let start = Timestamp.epoch.advanced(by: .seconds(1_800_000_000))

    private func isValid(_ key: APIKey, _ fixture: AuthFixture) async throws -> Bool {
        try await fixture.authority().caller(presenting: key.text) != nil
    }

    private func agent(in fixture: AuthFixture, details: KeyDetails = KeyDetails()) async throws -> APIKey {
        try await fixture.store.createGatewayCaller(
            id: CallerID(unchecked: "dev-agent"), role: .developer, trustLevel: .medium, environment: .development,
            details: details
        ).key
    }

    @Test("keeps the old key until the very instant that the overlap ends", arguments: TestStore.allCases)
    func overlap(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            fixture.time.set(self.start)
            let scopes = ScopeSet.limited([Scope(unchecked: "traces:write")])
            let details = KeyDetails(label: "ci", person: "jo@example.org", scopes: scopes)
            let user = try await fixture.store.createUser(email: nil, displayName: nil, details: details)
            let further = try await fixture.store.createKey(for: user.userID, details: details)
            let agent = try await self.agent(in: fixture, details: details)
            for old in [user.key, further.key, agent] {
                fixture.time.set(self.start)
                let before = try #require(try await fixture.authority().caller(presenting: old.text))
                let rotation = try await fixture.store.rotate(old.publicID, overlap: .seconds(60))
                #expect(rotation.endOfOld == self.start.advanced(by: .seconds(60)))
                #expect(rotation.endOfNew == nil)
                let after = try #require(try await fixture.authority().caller(presenting: rotation.key.text))
                #expect((after.id, after.kind, after.person, after.scopes) == (before.id, before.kind, before.person, scopes))
                #expect(after.keyID == rotation.key.publicID)
                fixture.time.set(rotation.endOfOld.advanced(by: .microseconds(-1)))
                #expect(try await self.isValid(old, fixture))
                fixture.time.set(rotation.endOfOld)
                #expect(try await !self.isValid(old, fixture))
                #expect(try await self.isValid(rotation.key, fixture))
                let records = try await fixture.store.keys(of: before.id.text)
                #expect(records.first { $0.id == old.publicID }?.replacedBy == rotation.key.publicID)
                #expect(records.first { $0.id == rotation.key.publicID }?.label == "ci")
            }
        }
    }

    @Test("ends the old key at once without an overlap, also where it is remembered", arguments: TestStore.allCases)
    func atOnce(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let (user, agent) = (
                try await fixture.store.createUser(email: nil, displayName: nil).key, try await self.agent(in: fixture)
            )
            let authority = fixture.authority()
            await authority.poll()
            for old in [user, agent] {
                #expect(try await authority.caller(presenting: old.text) != nil)
                let rotation = try await fixture.store.rotate(old.publicID, overlap: .zero)
                await authority.poll()
                #expect(try await authority.caller(presenting: old.text) == nil)
                #expect(try await authority.caller(presenting: rotation.key.text) != nil)
            }
        }
    }

    @Test("gives the prescribed place to the new key", arguments: TestStore.allCases)
    func prescribedPlaces(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let user = try await fixture.store.createUser(email: nil, displayName: nil).key
            let newUser = try await fixture.store.rotate(user.publicID, overlap: .seconds(60)).key
            let digest = try await fixture.database.queryOne("SELECT api_key_hash AS d FROM users")?.decode("d", as: String.self)
            #expect(digest == newUser.digest.hex)
            let agent = try await self.agent(in: fixture)
            let newAgent = try await fixture.store.rotate(agent.publicID, overlap: .seconds(60)).key
            let hash = try await fixture.database.queryOne("SELECT key_hash AS h FROM api_keys")?.decode("h", as: String.self)
            #expect(try Bcrypt.verify(Array(newAgent.text.utf8), against: #require(BcryptHash(hash ?? ""))))
            // Neither row is a candidate for keys made elsewhere.
            #expect(try await fixture.number("SELECT count(*) AS n FROM caller_key_candidates") == 0)
        }
    }

    @Test("never lengthens the old key's life, and gives the new one as long a life", arguments: TestStore.allCases)
    func expiry(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            fixture.time.set(self.start)
            let details = KeyDetails(expiresAt: self.start.advanced(by: .seconds(100)))
            let old = try await fixture.store.createUser(email: nil, displayName: nil, details: details).key
            fixture.time.set(self.start.advanced(by: .seconds(90)))
            let rotation = try await fixture.store.rotate(old.publicID, overlap: .seconds(1_000_000))
            #expect(rotation.endOfOld == details.expiresAt)
            #expect(rotation.endOfNew == self.start.advanced(by: .seconds(190)))
            fixture.time.set(self.start.advanced(by: .seconds(190)))
            let error = await #expect(throws: AuthError.self) {
                try await fixture.store.rotate(rotation.key.publicID, overlap: .zero)
            }
            #expect(error?.code == .expired)
        }
    }

    @Test("says why it cannot be, and then changes nothing", arguments: TestStore.allCases)
    func refusals(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            func code(_ key: APIKey, overlap: Duration = .seconds(60)) async -> AuthError.Code? {
                await #expect(throws: AuthError.self) { try await fixture.store.rotate(key.publicID, overlap: overlap) }?.code
            }
            #expect(await code(try APIKey()) == .unknownKey)
            let user = try await fixture.store.createUser(email: nil, displayName: nil).key
            #expect(await code(user, overlap: .seconds(-1)) == .invalidOverlap)
            let next = try await fixture.store.rotate(user.publicID, overlap: .seconds(60)).key
            // In the time of grace, too.
            #expect(await code(user) == .alreadyRotated)
            try await fixture.store.revoke(next.publicID)
            #expect(await code(next) == .alreadyRevoked)
            let agent = try await self.agent(in: fixture)
            try await fixture.run("UPDATE api_keys SET key_hash = 'replaced'")
            #expect(await code(agent) == .replacedElsewhere)
            try await fixture.run(
                "UPDATE api_keys SET key_hash = (SELECT key_hash FROM caller_keys WHERE id = \(agent.publicID.text))")
            try await fixture.run("UPDATE api_keys SET is_active = FALSE")
            #expect(await code(agent) == .replacedElsewhere)
            #expect(try await fixture.store.keys(of: "dev-agent").count == 1)
            try await fixture.run("UPDATE api_keys SET is_active = TRUE")
            #expect(try await self.isValid(agent, fixture))
        }
    }

    @Test("can follow another in its time of grace; each key ends by itself", arguments: TestStore.allCases)
    func chain(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let first = try await self.agent(in: fixture)
            let second = try await fixture.store.rotate(first.publicID, overlap: .seconds(600)).key
            let third = try await fixture.store.rotate(second.publicID, overlap: .seconds(600)).key
            for key in [first, second, third] { #expect(try await self.isValid(key, fixture)) }
            try await fixture.store.revoke(second.publicID)
            #expect(try await !self.isValid(second, fixture))
            for key in [first, third] { #expect(try await self.isValid(key, fixture)) }
            // The one whose hash stands in the row: older tools honour nobody then, and the one in grace lives on.
            try await fixture.store.revoke(third.publicID)
            #expect(try await !self.isValid(third, fixture))
            #expect(try await self.isValid(first, fixture))
            #expect(try await fixture.number("SELECT count(*) AS n FROM caller_key_candidates") == 0)
            // Another tool that takes the row over ends them all.
            try await fixture.run("UPDATE api_keys SET key_hash = 'replaced'")
            #expect(try await !self.isValid(first, fixture))
        }
    }

    @Test("happens once when several ask for it at once", arguments: TestStore.allCases)
    func race(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let keys = [
                try await fixture.store.createUser(email: nil, displayName: nil).key, try await self.agent(in: fixture),
            ]
            for old in keys {
                let (keyStore, id) = (fixture.store, old.publicID)
                let outcomes = await withTaskGroup(of: Result<APIKey, any Error>.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            do { return .success(try await keyStore.rotate(id, overlap: .seconds(60)).key) } catch {
                                return .failure(error)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                var winners: [APIKey] = []
                for outcome in outcomes {
                    switch outcome {
                    case .success(let key): winners.append(key)
                    case .failure(let error): #expect((error as? AuthError)?.code == .alreadyRotated, "\(error)")
                    }
                }
                #expect(winners.count == 1)
                for key in winners + [old] { #expect(try await self.isValid(key, fixture)) }
            }
            #expect(try await fixture.store.keys().count == 4)
        }
    }
}
