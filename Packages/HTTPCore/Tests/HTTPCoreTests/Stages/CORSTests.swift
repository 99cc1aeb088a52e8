import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Testing

@Suite("CORS")
struct CORSTests {
    static let origin = "https://app.example"
    static let preflight: HTTPFields = [.origin: origin, .accessControlRequestMethod: "POST"]

    private func service(_ origins: [String]) throws -> HTTPService {
        try Fixture(configure: { $0.corsOrigins = origins }).service
    }

    @Test(
        "answers the preflight of a listed origin, and of any with *",
        arguments: [[origin], ["https://other.example", origin], ["*"]])
    func preflight(_ origins: [String]) async throws {
        let answer = try await self.service(origins).answer(.options, "/notes", headers: Self.preflight)
        #expect(answer.status == .noContent)
        #expect(answer.headers[.accessControlAllowOrigin] == Self.origin)
        #expect(answer.headers[.accessControlAllowMethods]?.contains("POST") == true)
        #expect(answer.headers[.accessControlAllowHeaders]?.contains("x-api-key") == true)
        #expect(answer.headers[.vary] == "Origin")
        #expect(answer.headers[.requestID]?.isEmpty == false)
    }

    @Test(
        "gives other origins no permission",
        arguments: [["https://other.example"], ["https://app.example:443"], ["HTTPS://APP.EXAMPLE"]])
    func unlisted(_ origins: [String]) async throws {
        let service = try self.service(origins)
        let preflight = try await service.answer(.options, "/notes", headers: Self.preflight)
        #expect(preflight.status == .methodNotAllowed)
        let answer = try await service.answer(.get, "/hello", headers: [.origin: Self.origin])
        for fields in [preflight.headers, answer.headers] {
            #expect(fields[.accessControlAllowOrigin] == nil)
            #expect(fields[.vary] == "Origin")
        }
    }

    @Test("marks answers and refusals alike", arguments: ["/hello", "/none", "/fault"])
    func marked(_ path: String) async throws {
        let answer = try await self.service([Self.origin]).answer(.get, path, headers: [.origin: Self.origin])
        #expect(answer.headers[.accessControlAllowOrigin] == Self.origin)
        #expect(answer.headers[.accessControlExposeHeaders]?.contains("X-Request-ID") == true)
        #expect(answer.headers[.vary] == "Origin")
    }

    @Test("tells caches that answers depend on the origin, also when none was sent")
    func vary() async throws {
        #expect(try await self.service([Self.origin]).answer(.get, "/hello").headers[.vary] == "Origin")
    }

    @Test("says nothing when no origin is listed")
    func off() async throws {
        let answer = try await self.service([]).answer(.get, "/hello", headers: [.origin: Self.origin])
        #expect(answer.headers[.accessControlAllowOrigin] == nil)
        #expect(answer.headers[.vary] == nil)
    }
}
