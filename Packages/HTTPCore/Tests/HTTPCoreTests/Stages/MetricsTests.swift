import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import PrometheusMetrics
import StrictJSON
import Synchronization
import Testing

@Suite("HTTP metrics")
struct MetricsTests {
    let id = "00000000-0000-4000-8000-000000000000"

    private func lines(_ fixture: Fixture, _ prefix: String) -> [String] {
        String(decoding: fixture.registry.render(), as: UTF8.self).split(separator: "\n").map(String.init).filter {
            $0.hasPrefix(prefix)
        }
    }

    @Test("count by template, method and class of status, and unmatched requests as none")
    func requests() async throws {
        let fixture = try Fixture()
        let service = fixture.service
        _ = try await service.answer(.get, "/notes/\(self.id)?verbose=1", headers: .key)
        _ = try await service.answer(.get, "/notes/\(self.id)")
        _ = try await service.answer(.head, "/hello")
        _ = try await service.answer(.get, "/fault", headers: .key)
        _ = try await service.answer(.get, "/secret/\(self.id)")
        _ = try await service.answer(.known("FOO"), "/notes")
        _ = try await service.answer(.known("BAR"), "/nowhere")
        _ = try await service.answer(.get, "/metrics")
        #expect(
            self.lines(fixture, "http_requests_total{").sorted() == [
                #"http_requests_total{handler="/fault",method="GET",status="5xx"} 1.0"#,
                #"http_requests_total{handler="/hello",method="HEAD",status="2xx"} 1.0"#,
                #"http_requests_total{handler="/notes",method="other",status="4xx"} 1.0"#,
                #"http_requests_total{handler="/notes/{id}",method="GET",status="2xx"} 1.0"#,
                #"http_requests_total{handler="/notes/{id}",method="GET",status="4xx"} 1.0"#,
                #"http_requests_total{handler="none",method="GET",status="4xx"} 1.0"#,
                #"http_requests_total{handler="none",method="other",status="4xx"} 1.0"#,
            ])
        let all = String(decoding: fixture.registry.render(), as: UTF8.self)
        for text in [self.id, "secret", "verbose", Fixture.key, "ada", "FOO"] { #expect(!all.contains(text)) }
    }

    @Test("tell an observer of each request, with the status itself and with labels that nobody outside can make up")
    func observer() async throws {
        let seen = Mutex<[String]>([])
        let fixture = try Fixture(observer: { observation in
            seen.withLock { $0.append("\(observation.method) \(observation.handler) \(observation.status)") }
            #expect(observation.elapsed > .zero)
        })
        _ = try await fixture.service.answer(.get, "/notes/\(self.id)", headers: .key)
        _ = try await fixture.service.answer(.get, "/notes/\(self.id)")
        _ = try await fixture.service.answer(.known("BAR"), "/nowhere")
        _ = try await fixture.service.answer(.get, "/metrics")
        #expect(seen.withLock { $0 } == ["GET /notes/{id} 200", "GET /notes/{id} 401", "other none 404"])
    }

    @Test("have the buckets that dashboards know")
    func buckets() async throws {
        let fixture = try Fixture()
        _ = try await fixture.service.answer(.get, "/hello")
        let bounds = { (prefix: String) in
            self.lines(fixture, prefix).compactMap { $0.firstMatch(of: /le="([^"]*)"/).map { String($0.1) } }
        }
        #expect(bounds("http_request_duration_seconds_bucket{").map { Double($0) } == [0.1, 0.5, 1, .infinity])
        #expect(
            bounds("http_request_duration_highr_seconds_bucket{").map { Double($0) } == [
                0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60, .infinity,
            ])
        #expect(
            self.lines(fixture, "http_request_duration_highr_seconds_count") == ["http_request_duration_highr_seconds_count 1.0"])
        #expect(
            self.lines(fixture, "http_request_duration_seconds_count")
                == [#"http_request_duration_seconds_count{handler="/hello",method="GET"} 1.0"#])
    }

    @Test("sum the sizes of requests and responses")
    func sizes() async throws {
        let fixture = try Fixture()
        let answer = try await fixture.service.answer(.post, "/echo", json: ["a": 1])
        #expect(
            self.lines(fixture, "http_request_size_bytes") == [
                #"http_request_size_bytes_count{handler="/echo"} 1.0"#, #"http_request_size_bytes_sum{handler="/echo"} 7.0"#,
            ])
        #expect(
            self.lines(fixture, "http_response_size_bytes_sum") == [
                #"http_response_size_bytes_sum{handler="/echo"} \#(answer.body.count).0"#
            ])
    }

    @Test("leave out /health and /metrics exactly, whatever the method")
    func unobserved() async throws {
        let health = HealthOperations(version: "", readiness: Readiness(), checks: [])
        let api = Operation(.get, "/api/health", id: "apiHealth", summary: "", tag: "", access: .anyone) { _ in .empty() }
        let fixture = try Fixture(health.operations + [api])
        for path in ["/health", "/metrics", "/api/health", "/livez"] {
            _ = try await fixture.service.answer(.get, path)
            _ = try await fixture.service.answer(.post, path)
        }
        let counted = Set(
            self.lines(fixture, "http_requests_total{").compactMap { $0.firstMatch(of: /handler="([^"]*)"/).map { String($0.1) } }
        )
        #expect(counted == ["/api/health", "/livez"])
    }

    @Test("are shown as Prometheus text, outside of the API description")
    func exposition() async throws {
        let service = try Fixture().service
        let answer = try await service.answer(.get, "/metrics")
        #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(try await service.answer(.get, "/openapi.json").json["paths"]?["/metrics"] == nil)
    }
}
