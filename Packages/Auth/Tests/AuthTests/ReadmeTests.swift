import Auth
import Identity
import Logging
import DatabaseTestSupport
import SchemasTestSupport
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows what works", arguments: TestStore.allCases)
    func example(_ store: TestStore) async throws {
        try await AuthFixture.with(store) { fixture in
            let database = fixture.database
            let store = KeyStore(database: database)
            let created = try await store.createUser(email: "jo@example.org", displayName: "Jo")

            let authority = KeyAuthority(database: database, logger: Logger(label: "auth"))
            let caller = try await authority.caller(presenting: created.key.text)
            try await authority.revoke(created.key.publicID)

            #expect(caller?.keyID == created.key.publicID)
            let afterwards = try await authority.caller(presenting: created.key.text)
            #expect(afterwards == nil)
        }
    }

    @Test("shows how a gateway caller is made", arguments: TestStore.allCases)
    func gatewayCaller(_ kind: TestStore) async throws {
        try await AuthFixture.with(kind) { fixture in
            let store = fixture.store
            let agent = try await store.createGatewayCaller(
                id: CallerID(unchecked: "dev-agent"), role: .developer, trustLevel: .medium, environment: .development)
            let caller = try await fixture.authority().caller(presenting: agent.key.text)
            #expect(caller?.id.text == "dev-agent")

            let rotation = try await store.rotate(agent.key.publicID, overlap: .seconds(3_600))
            let next = try await fixture.authority().caller(presenting: rotation.key.text)
            #expect(next?.id.text == "dev-agent")
        }
    }
}
