import PrometheusMetrics
import TestKit
import Testing

@Suite("Text exposition")
struct ExpositionTests {
    let registry = PrometheusRegistry()

    @Test("an empty registry shows nothing, and names its content type")
    func empty() {
        #expect(self.registry.render().isEmpty)
        #expect(PrometheusRegistry.contentType == "text/plain; version=0.0.4; charset=utf-8")
    }

    /// The expected text is what prometheus_client 0.26.0 prints for the same observations, less its `_created` series.
    @Test("looks like that of the Python client")
    func pythonForm() throws {
        try self.registry.counter(
            "http_requests_total", help: "Requests \\ \"x\"\nline", labels: ["status", "handler", "method"]
        )
        .with("2xx", "/a\"b\\c\nd", "GET").increment()
        try self.registry.histogram("h_seconds", help: "H", labels: ["method", "handler"], buckets: [0.1, 0.5, 1])
            .with("GET", "/").observe(0.3)
        try self.registry.summary("s_bytes", help: "S").observe(3)
        _ = try self.registry.gauge("g", help: "G")
        #expect(
            self.registry.text == #"""
                # HELP g G
                # TYPE g gauge
                g 0.0
                # HELP h_seconds H
                # TYPE h_seconds histogram
                h_seconds_bucket{handler="/",le="0.1",method="GET"} 0.0
                h_seconds_bucket{handler="/",le="0.5",method="GET"} 1.0
                h_seconds_bucket{handler="/",le="1.0",method="GET"} 1.0
                h_seconds_bucket{handler="/",le="+Inf",method="GET"} 1.0
                h_seconds_count{handler="/",method="GET"} 1.0
                h_seconds_sum{handler="/",method="GET"} 0.3
                # HELP http_requests_total Requests \\ "x"\nline
                # TYPE http_requests_total counter
                http_requests_total{handler="/a\"b\\c\nd",method="GET",status="2xx"} 1.0
                # HELP s_bytes S
                # TYPE s_bytes summary
                s_bytes_count 1.0
                s_bytes_sum 3.0

                """#)
    }

    /// Computed with `floatToGoString` of prometheus_client 0.26.0.
    @Test(
        "writes numbers as the Python client does",
        arguments: [
            (0.0, "0.0"), (-0.0, "-0.0"), (1.0, "1.0"), (-1.0, "-1.0"), (0.1, "0.1"), (0.005, "0.005"), (0.25, "0.25"),
            (1e-05, "1e-05"),
            (1.5e-05, "1.5e-05"), (0.0001, "0.0001"), (123456.0, "123456.0"), (999999.0, "999999.0"), (1e6, "1e+06"),
            (1234567.0, "1.234567e+06"), (1234567.5, "1.2345675e+06"), (12345678901.0, "1.2345678901e+10"),
            (-1234567.0, "-1234567.0"), (-1e15, "-1000000000000000.0"), (-1e16, "-1e+16"), (1e15, "1e+15"), (1e16, "1e+16"),
            (1.5e16, "1.5e+16"), (9007199254740992.0, "9.007199254740992e+15"), (1e17, "1e+17"), (1e100, "1e+100"),
            (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3, "0.3333333333333333"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (100.0, "100.0"),
            (1e21, "1e+21"), (-2.5e-07, "-2.5e-07"), (999999.9, "999999.9"), (1000000.1, "1.0000001e+06"),
        ])
    func numbers(_ value: Double, _ text: String) throws {
        try self.registry.gauge("g", help: "G").set(value)
        #expect(self.registry.samples == ["g \(text)"])
    }

    @Test("every number reads back as itself")
    func numbersReadBack() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let gauge = try self.registry.gauge("g", help: "G")
        for _ in 0..<TestRun.count(2_000, long: 1_000_000) {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            gauge.set(value)
            let text = String(decoding: self.registry.render().dropLast(), as: UTF8.self).split(separator: " ").last
            #expect(text.flatMap { Double($0) } == value, "seed \(generator.seed)")
        }
    }

    @Test("label values that differ in bytes are different series")
    func bytewiseLabels() throws {
        let family = try self.registry.gauge("g", help: "G", labels: ["name"])
        family.with("caf\u{E9}").set(1)
        family.with("cafe\u{301}").set(2)
        #expect(family.seriesCount == 2)
    }

    @Test("series stand in the order of their labels, whatever the order of their making")
    func stableOrder() throws {
        let family = try self.registry.gauge("g", help: "G", labels: ["a", "b", "c", "d"])
        for value in ["z", "a", "m", "B"] { family.with(values: [value, "1", "2", "3"]).set(1) }
        #expect(self.registry.samples.map { $0.dropFirst(5).prefix(1) } == ["B", "a", "m", "z"])
    }

    @Test("buckets add up, bounds included, and +Inf equals the count")
    func cumulativeBuckets() throws {
        let histogram = try self.registry.histogram("h", help: "H", buckets: [-1, 0, 1, .infinity])
        for value in [-2, -1, -0.5, 0, 0.5, 1, 1.5, 1e300] { histogram.observe(value) }
        let snapshot = histogram.snapshot()
        #expect(snapshot.bounds == [-1, 0, 1])
        #expect(snapshot.cumulativeCounts == [2, 4, 6, 8])
        #expect(snapshot.count == 8)
    }

    @Test("durations are recorded in seconds")
    func durations() throws {
        let histogram = try self.registry.histogram("h_seconds", help: "H")
        histogram.observe(.milliseconds(1_500))
        try self.registry.summary("s_seconds", help: "S").observe(.nanoseconds(250))
        #expect(histogram.snapshot().sum == 1.5)
        #expect(self.registry.samples.last == "s_seconds_sum 2.5e-07")
    }

    @Test("a value that is read at the scrape may be left out of it")
    func observedValues() throws {
        try self.registry.gauge("a", help: "A", reading: { 3 })
        try self.registry.gauge("b", help: "B", reading: { nil })
        try self.registry.counter("c_total", help: "C", reading: { 4 })
        #expect(
            self.registry.text == """
                # HELP a A
                # TYPE a gauge
                a 3.0
                # HELP c_total C
                # TYPE c_total counter
                c_total 4.0

                """)
    }
}
