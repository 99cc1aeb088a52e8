import Auth
import AuthHTTP
import AuthSchema
import CommonsSchema
import ContentScreening
import ContentScreeningTestSupport
import GatewaySchema
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Logging
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import PrometheusMetrics
import StrictJSON
import Testing

@Suite("Key operations")
struct KeyOperationsTests {
    private func withService(_ store: TestStore, _ body: (HTTPService) async throws -> Void) async throws {
        try await self.withService(store, limits: CountingLimits()) { service, _ in try await body(service) }
    }

    private func withService(
        _ store: TestStore, limits: CountingLimits, _ body: (HTTPService, any Database) async throws -> Void
    ) async throws {
        let chains = [CommonsRevisions.chain, GatewayRevisions.chain, AuthRevisions.chain]
        try await withMigratedDatabase(store, chains) { database, _ in
            let parts = HTTPService.Parts(
                resolver: KeyAuthority(database: database, logger: Logger(label: "test")),
                limits: limits,
                metrics: try HTTPMetrics(registry: PrometheusRegistry()),
                translate: { _ in nil }
            )
            let header = try #require(HTTPField.Name("X-API-Key"))
            let service = try HTTPService(
                operations: KeyOperations(store: KeyStore(database: database), gate: ContentGate()).operations,
                parts: parts, configuration: HTTPService.Configuration(keyHeader: header))
            try await body(service, database)
        }
    }

    @Test("gives a key that works, once", arguments: TestStore.allCases)
    func create(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            let created = try await service.answer(.post, "/api/v1/keys", json: ["email": "agent-1a2b@commontrace.auto"])
            #expect(created.status == .created)
            let key = try #require(try created.json["api_key"]?.stringValue)
            let header = try #require(HTTPField.Name("X-API-Key"))
            let verified = try await service.answer(.get, "/api/v1/keys/verify", headers: [header: key])
            #expect(verified.status == .ok)
            #expect(try verified.json == ["valid": true, "user_id": try created.json["user_id"] ?? .null])
            let again = try await service.answer(.get, "/api/v1/keys/verify", headers: [.authorization: "Bearer \(key)"])
            #expect(again.status == .ok)
        }
    }

    @Test("registers without a body, with an empty one and with nulls", arguments: TestStore.allCases)
    func nothingGiven(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            let answers = [
                try await service.answer(.post, "/api/v1/keys"),
                try await service.answer(.post, "/api/v1/keys", json: [:]),
                try await service.answer(.post, "/api/v1/keys", json: ["email": nil, "display_name": nil]),
            ]
            #expect(answers.map(\.status) == [.created, .created, .created])
        }
    }

    @Test("answers 409 for an address that is taken", arguments: TestStore.allCases)
    func conflict(_ store: TestStore) async throws {
        try await self.withService(store) { service in
            _ = try await service.answer(.post, "/api/v1/keys", json: ["email": "a@b"])
            let second = try await service.answer(.post, "/api/v1/keys", json: ["email": "a@b"])
            #expect(second.status == .conflict)
            #expect(try second.json["detail"] == "Email already registered")
            #expect(try second.json["error"] == "conflict")
        }
    }

    @Test("judges addresses by their syntax only", arguments: ["a", "@b", "a@", "a@b@c", "a b@c", "a@b\n"], TestStore.allCases)
    func badEmail(_ email: String, _ store: TestStore) async throws {
        try await self.withService(store) { service in
            let answer = try await service.answer(.post, "/api/v1/keys", json: ["email": .string(email)])
            #expect(answer.status == .unprocessableContent)
            #expect(try answer.json["errors"]?[0]?["loc"] == ["body", "email"])
        }
    }

    @Test(
        "refuses a name or an address that holds a credential, after the limit and before anything is stored",
        arguments: Canary.Layer.allCases, TestStore.allCases)
    func credentials(_ layer: Canary.Layer, _ store: TestStore) async throws {
        let limits = CountingLimits(["key-creation": 2])
        try await self.withService(store, limits: limits) { service, database in
            let text = Canary(seed: 5).text(in: layer)
            for (field, value) in [("display_name", text), ("email", "\(text)@x.example")] {
                let body = JSONValue.object(JSONObject([(field, .string(value))]))
                let answer = try await service.answer(.post, "/api/v1/keys", json: body)
                #expect(answer.status == .unprocessableContent)
                #expect(try answer.json["detail"] == "Content rejected: AWS Access Key")
                #expect(try answer.json["errors"]?[0]?["loc"] == ["body", .string(field)])
            }
            let limited = try await service.answer(.post, "/api/v1/keys", json: ["display_name": .string(text)])
            #expect(limited.status == .tooManyRequests)
            #expect(limits.charged == ["key-creation", "key-creation", "key-creation"])
            let count = try await database.read { try $0.queryOne("SELECT count(*) AS n FROM users")?.decode("n", as: Int.self) }
            #expect(count == 0)
        }
    }
}
