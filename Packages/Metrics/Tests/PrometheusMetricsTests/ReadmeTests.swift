import PrometheusMetrics
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("the example does what it says")
    func example() throws {
        let registry = PrometheusRegistry()
        let requests = try registry.counter("http_requests_total", help: "Requests served.", labels: ["method", "status"])
        let duration = try registry.histogram("check_duration_seconds", help: "Time to decide.", buckets: [0.001, 0.01, 0.1])

        let admitted = requests.with("POST", "2xx")
        admitted.increment()
        duration.observe(.milliseconds(2))

        let body = String(decoding: registry.render(), as: UTF8.self)
        #expect(body.contains("http_requests_total{method=\"POST\",status=\"2xx\"} 1.0\n"))
        #expect(body.contains("check_duration_seconds_bucket{le=\"0.01\"} 1.0\n"))
    }
}
