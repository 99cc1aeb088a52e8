import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import PrometheusMetrics
import StrictJSON
import Testing

@Suite("Example of the README")
struct ReadmeExampleTests {
    @Test("greets, and refuses what it does not know")
    func example() async throws {
        let greet = Operation(
            .get, "/greetings/{name}", id: "greet", summary: "Greet somebody", tag: "greetings", access: .caller,
            limits: [LimitClass("read")], parameters: [.path("name", .string(minimum: 1, maximum: 40))]
        ) { request in
            .json(.ok, ["greeting": .string("Hello, \(try request.text("name"))!")])
        }

        let registry = PrometheusRegistry()
        let service = try HTTPService(
            operations: [greet] + MetricsOperations.operations(showing: registry),
            parts: .init(
                resolver: FixedCallers(["secret": .anonymous]),
                limits: CountingLimits(),
                metrics: try HTTPMetrics(registry: registry),
                translate: { _ in nil }
            ),
            configuration: .init(keyHeader: .authorization)
        )

        let answer = try await service.answer(.get, "/greetings/Ada", headers: [.authorization: "secret"])
        #expect(try answer.json == ["greeting": "Hello, Ada!"])
        #expect(try await service.answer(.get, "/greetings/Ada").status == .unauthorized)
    }
}
