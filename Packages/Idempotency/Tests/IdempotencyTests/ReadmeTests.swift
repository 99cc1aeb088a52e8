import DatabaseTestSupport
import HTTPCore
import HTTPTypes
import HTTPCoreTestSupport
import Idempotency
import Identity
import Logging
import PrometheusMetrics
import Cryptography
import StrictJSON
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows what works", arguments: TestStore.allCases)
    func example(_ kind: TestStore) async throws {
        try await IdempotencyFixture.with(kind) { fixture in
            let (database, registry) = (fixture.database, PrometheusRegistry())
            let keyring = try SecretKeyring(parsing: IdempotencyFixture.secretText)
            let logger = IdempotencyFixture.logger
            let resolver = FixedCallers(["ada-key": Caller(id: CallerID(unchecked: "ada"), kind: .user)])

            let store = IdempotencyStore(
                database: database, keyring: keyring, metrics: try IdempotencyMetrics(registry: registry), logger: logger)
            let order = Operation(
                .post, "/orders", id: "createOrder", summary: "Order", tag: "orders", access: .caller,
                body: .json(.map()), acceptsIdempotencyKey: true
            ) { request in
                .json(.created, ["order": .string(request.id)])
            }
            let service = try HTTPService(
                operations: [order],
                parts: .init(
                    resolver: resolver, limits: CountingLimits(), metrics: try HTTPMetrics(registry: registry),
                    translate: { _ in nil }, idempotency: store),
                configuration: .init(keyHeader: .authorization))

            let first = try await service.answer(
                .post, "/orders", json: ["item": 7], headers: [.authorization: "ada-key", .idempotencyKey: "8e03978e"])
            let again = try await service.answer(
                .post, "/orders", json: ["item": 7], headers: [.authorization: "ada-key", .idempotencyKey: "8e03978e"])
            // again: 201 with the same bytes, and Idempotency-Replayed: true

            #expect(first.body == again.body)
            #expect(again.headers[.idempotencyReplayed] == "true")
        }
    }
}
