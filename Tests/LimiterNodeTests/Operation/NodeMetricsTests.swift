import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Metrics and health of a node")
struct NodeMetricsTests {
    @Test(
        "S4-10: /metrics has the four of the limiter and those of HTTP, and they grow with each check",
        arguments: StoreKind.allCases)
    func metrics(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            for _ in 0..<5 { _ = try await node.check("key-of-mine", limit: 3) }
            // The ordinary path counts like the hot one.
            _ = try await node.client.send("POST", "/check", body: #"{"key":"key-of-m\u0069ne","limit":3}"#)
            _ = try await node.client.send("POST", "/check/batch", body: #"{"checks":[{"key":"a"},{"key":"b"}]}"#)
            _ = try await node.client.send("GET", "/nowhere-at-all")
            let answer = try await node.client.send("GET", "/metrics")
            #expect(answer["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let lines = Set(answer.text.split(separator: "\n").map(String.init))
            for line in [
                "# TYPE ratelimiter_requests_checked_total counter",
                "# TYPE ratelimiter_check_duration_seconds histogram",
                "# TYPE ratelimiter_node_up gauge",
                "# TYPE ratelimiter_active_counters gauge",
                #"ratelimiter_requests_checked_total{result="allowed"} 5.0"#,
                #"ratelimiter_requests_checked_total{result="blocked"} 3.0"#,
                "ratelimiter_check_duration_seconds_count 7.0",
                "ratelimiter_node_up 1.0",
                "# TYPE http_requests_total counter",
                "# TYPE http_request_duration_seconds histogram",
                "# TYPE http_request_duration_highr_seconds histogram",
                "# TYPE http_request_size_bytes summary",
                "# TYPE http_response_size_bytes summary",
                #"http_requests_total{handler="/check",method="POST",status="2xx"} 3.0"#,
                #"http_requests_total{handler="/check",method="POST",status="4xx"} 3.0"#,
                #"http_requests_total{handler="/check/batch",method="POST",status="2xx"} 1.0"#,
                #"http_requests_total{handler="none",method="GET",status="4xx"} 1.0"#,
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            for le in ["0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "+Inf"] {
                #expect(answer.text.contains(#"ratelimiter_check_duration_seconds_bucket{le="\#(le)"}"#), "\(le)")
            }
            #expect(!answer.text.contains("nowhere-at-all"))
            #expect(!answer.text.contains("key-of-mine"))
            try await eventually("live counters are known") { try await node.metric("ratelimiter_active_counters") == 3 }
        }
    }

    @Test("S4-11: /health shows the node's id, its store and that it is well", arguments: StoreKind.allCases)
    func health(_ store: StoreKind) async throws {
        try await withNode(store, ["RATELIMITER_NODE_ID": "node-7"]) { node async throws in
            let answer = try await node.client.send("GET", "/health")
            #expect(answer.status == 200)
            #expect(try answer.string("status") == "healthy")
            #expect(try answer.string("node_id") == "node-7")
            #expect(try answer.string("store") == store.rawValue)
            #expect(try answer.json()["degraded"]?.boolValue == false)
            #expect(try answer.json()["checks"]?["redis"]?.stringValue == (store == .redis ? "healthy" : nil))
            #expect(try await node.client.send("GET", "/readyz").text == #"{"status":"ready"}"#)
        }
    }

    @Test(
        "promtool finds nothing wrong with /metrics", .enabled(if: isHere("promtool"), "needs promtool"),
        arguments: StoreKind.allCases)
    func promtool(_ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            for _ in 0..<3 { _ = try await node.check("user", limit: 2) }
            let text = try await node.client.send("GET", "/metrics").body
            let result = try await runProcess("promtool", arguments: ["check", "metrics"], standardInput: text)
            // 3 is advice on names, some of which are prescribed.
            #expect([.exited(0), .exited(3)].contains(result.termination), "\(result.standardError.text)")
            #expect(!result.standardError.text.contains("error while linting"))
        }
    }

    @Test("/openapi.json describes the routes")
    func description() async throws {
        try await withNode { node async throws in
            let paths = try #require(try await node.get("/openapi.json")["paths"]?.objectValue)
            for path in [
                "/check", "/check/batch", "/settle", "/api/usage/{key}", "/api/nodes", "/api/counters", "/api/limits",
                "/api/blocks",
                "/api/counters/{key}/reset", "/api/limits/{key}", "/health",
            ] {
                #expect(paths[path] != nil, "\(path)")
            }
        }
    }
}
