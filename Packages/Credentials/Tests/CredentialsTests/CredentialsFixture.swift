import Credentials
import CredentialsSchema
import Cryptography
import DatabaseTestSupport
import Identity
import Logging
import Persistence
import SchemasTestSupport
import Synchronization

/// A time that stands still until a test moves it.
final class TestTime: Sendable {
    private let state = Mutex(Timestamp.now())

    var now: Timestamp { self.state.withLock { $0 } }

    func advance(by duration: Duration) {
        self.state.withLock { $0 = $0.advanced(by: duration) }
    }
}

/// A migrated database with a store on it.
struct CredentialsFixture: Sendable {
    /// Not secrets of anybody.
    static let secretText = String(repeating: "A", count: 43) + "="
    static let newerSecretText = String(repeating: "B", count: 42) + "A="
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let session = CredentialOwner.session("anon_" + String(repeating: "s", count: 43))
    static let other = CredentialOwner.session("anon_" + String(repeating: "t", count: 43))

    let database: any Database
    let time = TestTime()

    static func with(_ kind: TestStore, _ body: (CredentialsFixture) async throws -> Void) async throws {
        try await withMigratedDatabase(kind, [CredentialsRevisions.chain]) { database, _ in
            try await body(CredentialsFixture(database: database))
        }
    }

    private init(database: any Database) {
        self.database = database
    }

    func store(
        secrets: String = Self.secretText, _ configure: (inout CredentialsConfiguration) -> Void = { _ in }
    ) throws -> CredentialStore {
        var configuration = CredentialsConfiguration()
        configure(&configuration)
        let time = self.time
        return CredentialStore(
            database: self.database, keyring: try SecretKeyring(parsing: secrets), configuration: configuration,
            logger: Self.logger, now: { time.now })
    }

    /// Credentials that differ by a word.
    static func credentials(_ word: String = "first", environment: String = "com") throws -> CloudCredentials {
        try CloudCredentials(
            accessKey: "access-\(word)-0123456789", secretKey: "secret-\(word)-0123456789", sessionToken: "token-\(word)",
            environment: environment)
    }

    func rows() async throws -> Int {
        try await self.database.queryOne("SELECT count(*) AS n FROM stored_credentials")?.decode("n") ?? -1
    }
}
