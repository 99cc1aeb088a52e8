import PrometheusMetrics
import Testing

@Suite("Registry")
struct RegistryTests {
    let registry = PrometheusRegistry()

    @Test("making a metric again returns the same one")
    func idempotent() throws {
        #expect(try self.registry.counter("a_total", help: "A") === self.registry.counter("a_total", help: "B"))
        let first = try self.registry.histogram("h", help: "H", labels: ["x"], buckets: [1])
        let second = try self.registry.histogram("h", help: "H", labels: ["x"], buckets: [1, .infinity])
        #expect(first.with("1") === second.with("1"))
    }

    @Test(
        "refuses names that Prometheus could not parse",
        arguments: ["", "1a", "a-b", "a.b", "ä", "a b", "a\n", "a{x=\"1\"}", "a\0"])
    func invalidNames(_ name: String) {
        let gauge = #expect(throws: PrometheusError.self) { try self.registry.gauge(name, help: "G") }
        #expect(gauge?.code == .invalidName)
        let label = #expect(throws: PrometheusError.self) { try self.registry.gauge("g", help: "G", labels: [name]) }
        #expect(label?.code == .invalidLabels)
    }

    @Test("refuses a counter that does not end in _total")
    func counterSuffix() {
        let error = #expect(throws: PrometheusError.self) { try self.registry.counter("requests", help: "R") }
        #expect(error?.description == "the counter requests does not end in _total")
    }

    @Test("refuses labels that are reserved or stand twice")
    func reservedLabels() throws {
        for labels in [["__a"], ["a", "a"], ["a:b"]] {
            let error = #expect(throws: PrometheusError.self) { try self.registry.gauge("g", help: "G", labels: labels) }
            #expect(error?.code == .invalidLabels)
        }
        #expect(throws: PrometheusError.self) { try self.registry.histogram("h", help: "H", labels: ["le"]) }
        #expect(throws: PrometheusError.self) { try self.registry.summary("s", help: "S", labels: ["quantile"]) }
        _ = try self.registry.gauge("a:b", help: "G", labels: ["le", "quantile", "_x"])
    }

    @Test(
        "refuses bounds that do not rise",
        arguments: [[2, 1], [1, 1], [.nan], [-.infinity, 1], [1, .infinity, .infinity]] as [[Double]])
    func invalidBuckets(_ buckets: [Double]) {
        let error = #expect(throws: PrometheusError.self) { try self.registry.histogram("h", help: "H", buckets: buckets) }
        #expect(error?.code == .invalidBuckets)
    }

    @Test("refuses a second meaning of a name")
    func conflicts() throws {
        _ = try self.registry.histogram("h", help: "H", labels: ["a"], buckets: [1])
        _ = try self.registry.gauge("x_count", help: "X")
        let attempts: [() throws -> Void] = [
            { _ = try self.registry.gauge("h", help: "H", labels: ["a"]) },
            { _ = try self.registry.histogram("h", help: "H", labels: ["b"], buckets: [1]) },
            { _ = try self.registry.histogram("h", help: "H", labels: ["a"], buckets: [2]) },
            { _ = try self.registry.gauge("h_bucket", help: "H") },
            { _ = try self.registry.summary("x", help: "X") },
            { try self.registry.gauge("x_count", help: "X", reading: { 1 }) },
            { _ = try self.registry.gauge("gatehouse_metrics_dropped_series_total", help: "X") },
        ]
        for attempt in attempts {
            let error = #expect(throws: PrometheusError.self) { try attempt() }
            #expect(error?.code == .conflict)
        }
        #expect(self.registry.samples == ["x_count 0.0"])
    }

    @Test("holds a bounded number of families")
    func tooManyFamilies() throws {
        let registry = PrometheusRegistry(configuration: PrometheusConfiguration(maximumFamilies: 2))
        _ = try registry.gauge("a", help: "A")
        _ = try registry.gauge("b", help: "B")
        let error = #expect(throws: PrometheusError.self) { try registry.gauge("c", help: "C") }
        #expect(error?.code == .tooManyFamilies)
        _ = try registry.gauge("a", help: "A")
    }

    @Test("takes every metric of the contracts")
    func contractMetrics() throws {
        let buckets: [Double] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, .infinity]
        let checked = try self.registry.counter("ratelimiter_requests_checked_total", help: "Checks.", labels: ["result"])
        checked.with("allowed").increment()
        try self.registry.histogram("ratelimiter_check_duration_seconds", help: "Time.", buckets: buckets).observe(0.002)
        try self.registry.summary("http_request_size_bytes", help: "Size.", labels: ["handler"]).with("/check").observe(40)
        try self.registry.gauge("ratelimiter_node_up", help: "Up.").set(1)
        try self.registry.counter("llm_tokens_total", help: "Tokens.", labels: ["model", "operation"]).with("m", "query")
            .increment(by: 512)
        #expect(
            self.registry.samples == [
                "http_request_size_bytes_count{handler=\"/check\"} 1.0",
                "http_request_size_bytes_sum{handler=\"/check\"} 40.0",
                "llm_tokens_total{model=\"m\",operation=\"query\"} 512.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"0.001\"} 0.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"0.005\"} 1.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"0.01\"} 1.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"0.025\"} 1.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"0.05\"} 1.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"0.1\"} 1.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"0.25\"} 1.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"0.5\"} 1.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"1.0\"} 1.0",
                "ratelimiter_check_duration_seconds_bucket{le=\"+Inf\"} 1.0",
                "ratelimiter_check_duration_seconds_count 1.0",
                "ratelimiter_check_duration_seconds_sum 0.002",
                "ratelimiter_node_up 1.0",
                "ratelimiter_requests_checked_total{result=\"allowed\"} 1.0",
            ])
    }
}
