import Credentials
import Cryptography
import DatabaseTestSupport
import Identity
import Persistence
import Testing

@Suite("Credential store")
struct CredentialStoreTests {
    typealias Fixture = CredentialsFixture

    @Test("keeps one of each owner, and a new one replaces it", arguments: TestStore.allCases)
    func keeps(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let store = try fixture.store()
            #expect(try await store.credentials(of: Fixture.session) == nil)
            try await store.keep(try Fixture.credentials(), of: Fixture.session)
            try await store.keep(try Fixture.credentials("other"), of: Fixture.other)
            #expect(try await store.credentials(of: Fixture.session) == Fixture.credentials())
            try await store.keep(try Fixture.credentials("second", environment: "gov"), of: Fixture.session)
            #expect(try await store.credentials(of: Fixture.session) == Fixture.credentials("second", environment: "gov"))
            #expect(try await store.credentials(of: Fixture.other) == Fixture.credentials("other"))
            #expect(try await fixture.rows() == 2)
            #expect(try await store.remove(of: Fixture.session))
            #expect(try await store.remove(of: Fixture.session) == false)
            #expect(try await store.credentials(of: Fixture.session) == nil)
            #expect(try await store.credentials(of: Fixture.other) != nil)
        }
    }

    @Test("knows callers by kind, id and organisation, whatever key they show", arguments: TestStore.allCases)
    func callers(_ kind: TestStore) async throws {
        #expect(CredentialOwner.caller(.anonymous) == nil)
        func owner(_ id: String, _ kind: Caller.Kind, _ organisation: String, key: String) throws -> CredentialOwner {
            let caller = Caller(
                id: CallerID(unchecked: id), kind: kind, organisation: OrganisationID(unchecked: organisation),
                keyID: KeyID(unchecked: key))
            return try #require(CredentialOwner.caller(caller))
        }
        try await Fixture.with(kind) { fixture in
            let store = try fixture.store()
            try await store.keep(try Fixture.credentials(), of: try owner("ada", .user, "acme", key: "one"))
            #expect(try await store.credentials(of: try owner("ada", .user, "acme", key: "two")) != nil)
            #expect(try await store.credentials(of: try owner("ada", .gatewayCaller, "acme", key: "one")) == nil)
            #expect(try await store.credentials(of: try owner("ada", .user, "other", key: "one")) == nil)
            #expect(try await store.credentials(of: try owner("grace", .user, "acme", key: "one")) == nil)
            #expect(try await store.credentials(of: .session("ada")) == nil)
        }
    }

    @Test("takes what is over its time for absent, and removes it", arguments: TestStore.allCases)
    func expiry(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let store = try fixture.store {
                $0.lifetime = .seconds(60)
                $0.upkeepBatch = 1
            }
            try await store.keep(try Fixture.credentials(), of: Fixture.session)
            fixture.time.advance(by: .seconds(30))
            try await store.keep(try Fixture.credentials(), of: Fixture.other)
            fixture.time.advance(by: .seconds(30) - .microseconds(1))
            #expect(try await store.credentials(of: Fixture.session) != nil)
            #expect(try await store.removeExpired() == 0)
            fixture.time.advance(by: .microseconds(1))
            #expect(try await store.credentials(of: Fixture.session) == nil)
            #expect(try await store.remove(of: Fixture.session) == false)
            #expect(try await store.removeExpired() == 1)
            #expect(try await store.removeExpired() == 0)
            #expect(try await fixture.rows() == 1)
            #expect(try await store.credentials(of: Fixture.other) != nil)
        }
    }

    @Test("reads, replaces and removes what an older secret has sealed", arguments: TestStore.allCases)
    func rotation(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let older = try fixture.store()
            let both = try fixture.store(secrets: "\(Fixture.newerSecretText),\(Fixture.secretText)")
            let newer = try fixture.store(secrets: Fixture.newerSecretText)
            try await older.keep(try Fixture.credentials(), of: Fixture.session)
            #expect(try await both.credentials(of: Fixture.session) == Fixture.credentials())
            #expect(try await newer.credentials(of: Fixture.session) == nil)
            try await both.keep(try Fixture.credentials("second"), of: Fixture.session)
            #expect(try await fixture.rows() == 1)
            #expect(try await newer.credentials(of: Fixture.session) == Fixture.credentials("second"))
            try await older.keep(try Fixture.credentials("third"), of: Fixture.other)
            #expect(try await both.remove(of: Fixture.other))
            #expect(try await fixture.rows() == 1)
        }
    }

    @Test("opens nothing that was moved to another owner or changed", arguments: TestStore.allCases)
    func tampering(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let store = try fixture.store()
            try await store.keep(try Fixture.credentials(), of: Fixture.session)
            let sealed = try await fixture.database.queryOne("SELECT sealed FROM stored_credentials")?
                .decode("sealed", as: [UInt8].self)
            try await store.keep(try Fixture.credentials("other"), of: Fixture.other)
            try await fixture.database.write { connection in
                _ = try connection.execute("UPDATE stored_credentials SET sealed = \(try #require(sealed))")
            }
            #expect(try await store.credentials(of: Fixture.session) == Fixture.credentials())
            await #expect(throws: CredentialsError(.unreadable, message: "")) {
                try await store.credentials(of: Fixture.other)
            }
            #expect(try await store.remove(of: Fixture.other), "it can be removed all the same")
        }
    }

    @Test("takes no more from sessions when there are as many as there may be; callers may", arguments: TestStore.allCases)
    func bound(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let store = try fixture.store { $0.maximumCredentials = 1 }
            try await store.keep(try Fixture.credentials(), of: Fixture.session)
            await #expect(throws: CredentialsError(.tooMany, message: "")) {
                try await store.keep(try Fixture.credentials(), of: Fixture.other)
            }
            try await store.keep(try Fixture.credentials("second"), of: Fixture.session)
            let ada = try #require(CredentialOwner.caller(Caller(id: CallerID(unchecked: "ada"), kind: .user)))
            try await store.keep(try Fixture.credentials(), of: ada)
            fixture.time.advance(by: .seconds(43_200))
            try await store.keep(try Fixture.credentials(), of: Fixture.other)
        }
    }

    @Test("keeps one where many deposit for the same owner at once", arguments: TestStore.allCases)
    func race(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            let store = try fixture.store()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask { try await store.keep(try Fixture.credentials("n\(number)"), of: Fixture.session) }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.rows() == 1)
            #expect(try await store.credentials(of: Fixture.session) != nil)
        }
    }

    @Test("holds neither owners nor credentials in the clear", arguments: TestStore.allCases)
    func sealed(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { fixture in
            try await fixture.store().keep(try Fixture.credentials("canary"), of: .session("anon_canary"))
            let found = try await fixture.database.queryOne("SELECT owner_digest, sealed FROM stored_credentials")
            let row = try #require(found)
            let bytes = try row.decode("owner_digest", as: [UInt8].self) + row.decode("sealed", as: [UInt8].self)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("canary"))
        }
    }
}
