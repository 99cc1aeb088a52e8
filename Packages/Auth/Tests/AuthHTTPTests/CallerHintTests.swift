import Auth
import AuthHTTP
import AuthSchema
import CommonsSchema
import Cryptography
import DatabaseTestSupport
import GatewaySchema
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Logging
import Persistence
import PrometheusMetrics
import SchemasTestSupport
import StrictJSON
import Testing

@Suite("Names of callers in bodies")
struct CallerHintTests {
    private static let call = Operation(
        .post, "/call", id: "call", summary: "Call", tag: "test", access: .caller,
        body: .json(.object([.optional("api_key", .string()), .optional("caller_id", .string())])),
        credentialMember: "api_key", callerMember: "caller_id"
    ) { .json(.ok, ["caller": .string($0.caller.id.text)]) }

    @Test("lead to a key that another tool hashed by one hash, and prove nothing", arguments: TestStore.allCases)
    func hint(_ store: TestStore) async throws {
        let chains = [CommonsRevisions.chain, GatewayRevisions.chain, AuthRevisions.chain]
        try await withMigratedDatabase(store, chains) { database, _ in
            for name in ["older", "newer"] {
                let hash = try Bcrypt.hash(Array("key-of-\(name)".utf8), cost: 4)
                try await database.write { connection in
                    _ = try connection.execute(
                        """
                        INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment)
                        VALUES (\(name), \(hash.text), 'developer', 2, 'dev')
                        """)
                }
            }
            var configuration = KeyAuthorityConfiguration()
            // One hash for each attempt.
            configuration.roundsPerAttempt = 1
            let authority = KeyAuthority(database: database, configuration: configuration, logger: Logger(label: "test"))
            let parts = HTTPService.Parts(
                resolver: authority, limits: CountingLimits(), metrics: try HTTPMetrics(registry: PrometheusRegistry()),
                translate: { _ in nil })
            let service = try HTTPService(
                operations: [Self.call], parts: parts,
                configuration: HTTPService.Configuration(keyHeader: try #require(HTTPField.Name("X-API-Key"))))
            func call(_ key: String, _ name: String) async throws -> ServiceAnswer {
                try await service.answer(.post, "/call", json: ["api_key": .string(key), "caller_id": .string(name)])
            }
            // Whoever is named, a key proves its own caller only.
            #expect(try await call("wrong", "older").status == .unauthorized)
            let answer = try await call("key-of-older", "older")
            #expect(answer.status == .ok)
            #expect(try answer.json["caller"] == "older")
            #expect(try await call("key-of-older", "newer").json["caller"] == "older")
        }
    }
}
