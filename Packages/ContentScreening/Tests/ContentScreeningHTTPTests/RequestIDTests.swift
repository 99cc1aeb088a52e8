import ContentScreening
import ContentScreeningTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import PrometheusMetrics
import StrictJSON
import Testing

@Suite("Request ids with a credential in them")
struct RequestIDTests {
    private static func service() throws -> HTTPService {
        let hello = Operation(.get, "/hello", id: "hello", summary: "Say hello", tag: "notes", access: .anyone) { request in
            .json(.ok, ["id": .string(request.id)])
        }
        var configuration = HTTPService.Configuration(keyHeader: .authorization)
        configuration.acceptsRequestID = IdentifierScreen().isFit
        let parts = HTTPService.Parts(
            resolver: FixedCallers([:]), limits: CountingLimits(), metrics: try HTTPMetrics(registry: PrometheusRegistry()),
            translate: { _ in nil })
        return try HTTPService(operations: [hello], parts: parts, configuration: configuration)
    }

    @Test("are neither told nor passed on, and others are", arguments: Canary.Layer.allCases)
    func replaced(_ layer: Canary.Layer) async throws {
        let name = try #require(HTTPField.Name("X-Request-ID"))
        let (service, canary) = (try Self.service(), Canary(seed: 5))
        let answer = try await service.answer(.get, "/hello", headers: [name: canary.text(in: layer)])
        let told = try #require(answer.headers[name])
        #expect(try answer.json.objectValue?["id"] == .string(told))
        for trace in canary.traces { #expect(!told.contains(trace)) }
        let fit = try await service.answer(.get, "/hello", headers: [name: "job.42_try-3"])
        #expect(fit.headers[name] == "job.42_try-3")
    }
}
