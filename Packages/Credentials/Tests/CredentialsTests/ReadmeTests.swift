import Credentials
import Cryptography
import DatabaseTestSupport
import Persistence
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows what works", arguments: TestStore.allCases)
    func example(_ kind: TestStore) async throws {
        try await CredentialsFixture.with(kind) { fixture in
            let (database, logger) = (fixture.database, CredentialsFixture.logger)
            let keyring = try SecretKeyring(parsing: CredentialsFixture.secretText)
            let (accessKey, secretKey) = (String(repeating: "a", count: 20), String(repeating: "s", count: 40))
            let session = "anon_" + String(repeating: "s", count: 43)

            let store = CredentialStore(database: database, keyring: keyring, logger: logger)
            let credentials = try CloudCredentials(
                accessKey: accessKey, secretKey: secretKey, sessionToken: nil, environment: "com")
            try await store.keep(credentials, of: .session(session))

            let found = try await store.credentials(of: .session(session))
            // found?.environment == .commercial

            #expect(found?.environment == .commercial)
        }
    }
}
