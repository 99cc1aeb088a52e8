import Auth
import Identity
import Logging
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows what works")
    func example() async throws {
        try await AuthFixture.with { fixture in
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
}
