import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Metrics of the running server")
struct MetricsTests {
    @Test(
        "counts requests by template, method and group of status, without ids, health and itself", arguments: TestStore.allCases)
    func counts(on store: TestStore) async throws {
        try await withServer(on: store) { server async throws in
            let user = try await server.makeUser()
            let trace = try await server.makeTrace(key: user.key)
            for _ in 0..<2 {
                let read = try await server.client.send(
                    "GET", "/api/v1/traces/\(trace)", fields: ["X-Request-ID: id-of-mine"], key: user.key)
                #expect(read.status == 200)
            }
            _ = try await server.client.send("GET", "/api/v1/traces/\(user.id)", key: user.key)
            _ = try await server.client.send("GET", "/api/v1/secret-path-\(user.id)")
            _ = try await server.client.send("BREW", "/health")
            _ = try await server.client.send("GET", "/health")
            _ = try await server.client.send("GET", "/metrics")
            let answer = try await server.client.send("GET", "/metrics")
            #expect(answer["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let lines = Set(answer.text.split(separator: "\n").map(String.init))
            for line in [
                "# TYPE http_requests_total counter",
                "# TYPE http_request_duration_seconds histogram",
                "# TYPE http_request_duration_highr_seconds histogram",
                "# TYPE http_request_size_bytes summary",
                "# TYPE http_response_size_bytes summary",
                #"http_requests_total{handler="/api/v1/keys",method="POST",status="2xx"} 1.0"#,
                #"http_requests_total{handler="/api/v1/traces",method="POST",status="2xx"} 1.0"#,
                #"http_requests_total{handler="/api/v1/traces/{id}",method="GET",status="2xx"} 2.0"#,
                #"http_requests_total{handler="/api/v1/traces/{id}",method="GET",status="4xx"} 1.0"#,
                #"http_requests_total{handler="none",method="GET",status="4xx"} 1.0"#,
                #"http_request_duration_seconds_count{handler="/api/v1/traces/{id}",method="GET"} 3.0"#,
                #"gatehouse_rate_limit_decisions_total{outcome="admitted",rule="read"} 3.0"#,
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            for le in ["0.1", "0.5", "1.0", "+Inf"] {
                #expect(
                    answer.text.contains(
                        #"http_request_duration_seconds_bucket{handler="/api/v1/keys",le="\#(le)",method="POST"}"#))
            }
            #expect(lines.contains { $0.hasPrefix("gatehouse_build_info{version=") })
            for text in [trace, user.id, "id-of-mine", "secret-path", #""/health""#, #""/metrics""#, "BREW"] {
                #expect(!answer.text.contains(text), "\(text)")
            }
        }
    }

    @Test("stay out of the API description, and go with METRICS_ENABLED=false")
    func disabled() async throws {
        try await withServer(settings: ["METRICS_ENABLED": "false"]) { server async throws in
            #expect(try await server.client.send("GET", "/metrics").status == 404)
            #expect(try await server.client.send("GET", "/health").status == 200)
        }
        try await withServer { server in
            let paths = try await server.client.send("GET", "/openapi.json").json()["paths"]?.objectValue
            #expect(paths?["/api/v1/traces"] != nil)
            #expect(paths?["/metrics"] == nil)
        }
    }
}
