import Auth
import AuthHTTP
import AuthSchema
import CommonsSchema
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
        let chains = [CommonsRevisions.chain, GatewayRevisions.chain, AuthRevisions.chain]
        try await withMigratedDatabase(store, chains) { database, _ in
            let parts = HTTPService.Parts(
                resolver: KeyAuthority(database: database, logger: Logger(label: "test")),
                limits: CountingLimits(),
                metrics: try HTTPMetrics(registry: PrometheusRegistry()),
                translate: { _ in nil }
            )
            let header = try #require(HTTPField.Name("X-API-Key"))
            let service = try HTTPService(
                operations: KeyOperations(store: KeyStore(database: database)).operations,
                parts: parts, configuration: HTTPService.Configuration(keyHeader: header))
            try await body(service)
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
}
