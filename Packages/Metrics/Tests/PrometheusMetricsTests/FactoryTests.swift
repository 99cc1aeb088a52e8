import Metrics
import PrometheusMetrics
import Testing

@Suite("swift-metrics factory")
struct FactoryTests {
    let registry: PrometheusRegistry
    let factory: PrometheusMetricsFactory

    init() {
        self.registry = PrometheusRegistry(
            configuration: PrometheusConfiguration(maximumSeriesPerFamily: 3, timerBuckets: [0.1], recorderBuckets: [10]))
        self.factory = PrometheusMetricsFactory(registry: self.registry)
    }

    @Test("each kind of metric has its form")
    func kinds() {
        Counter(label: "hb.requests", dimensions: [("hb.uri", "/"), ("method", "GET")], factory: self.factory).increment(by: 3)
        FloatingPointCounter(label: "cost_total", factory: self.factory).increment(by: 0.25)
        Meter(label: "meter", factory: self.factory).set(2.5)
        Gauge(label: "gauge", factory: self.factory).record(7)
        Recorder(label: "size", factory: self.factory).record(11)
        Timer(label: "hb.request.duration", factory: self.factory).recordMilliseconds(50)
        #expect(
            self.registry.samples == [
                "cost_total 0.25",
                "gauge 7.0",
                "hb_request_duration_seconds_bucket{le=\"0.1\"} 1.0",
                "hb_request_duration_seconds_bucket{le=\"+Inf\"} 1.0",
                "hb_request_duration_seconds_count 1.0",
                "hb_request_duration_seconds_sum 0.05",
                "hb_requests_total{hb_uri=\"/\",method=\"GET\"} 3.0",
                "meter 2.5",
                "size_bucket{le=\"10.0\"} 0.0",
                "size_bucket{le=\"+Inf\"} 1.0",
                "size_count 1.0",
                "size_sum 11.0",
            ])
    }

    @Test("the same labels in another order are the same series, other labels another one")
    func dimensions() {
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: self.factory).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: self.factory).increment()
        Counter(label: "c", dimensions: [("a", "1")], factory: self.factory).increment()
        Counter(label: "c", factory: self.factory).increment()
        #expect(self.registry.samples == ["c_total 1.0", "c_total{a=\"1\",b=\"2\"} 2.0", "c_total{a=\"1\"} 1.0"])
    }

    @Test(
        "names become fit for Prometheus",
        arguments: [
            ("a.b-c", "a_b_c 0.0"), ("1a", "_1a 0.0"), ("", "_ 0.0"), ("ä€", "__ 0.0"), ("a:b", "a:b 0.0"), ("a b\n", "a_b_ 0.0"),
        ])
    func names(_ label: String, _ sample: String) {
        Meter(label: label, factory: self.factory).set(0)
        #expect(self.registry.samples == [sample])
    }

    @Test("label names become fit for Prometheus, and never stand twice")
    func labelNames() {
        Meter(
            label: "m", dimensions: [("le", "1"), ("__x", "2"), ("a.b", "3"), ("a-b", "4"), ("9", "\"")], factory: self.factory
        ).set(0)
        #expect(self.registry.samples == ["m{_9=\"\\\"\",a_b=\"3\",label___x=\"2\",label_le=\"1\"} 0.0"])
    }

    @Test("what finds no place is counted, and recording it is harmless")
    func noPlace() throws {
        _ = try self.registry.gauge("taken_total", help: "T")
        Counter(label: "taken", factory: self.factory).increment()
        Recorder(label: "taken_total", factory: self.factory).record(1)
        for index in 0..<5 { Counter(label: "full", dimensions: [("id", "\(index)")], factory: self.factory).increment() }
        #expect(
            self.registry.samples == [
                "full_total{id=\"0\"} 1.0", "full_total{id=\"1\"} 1.0", "full_total{id=\"2\"} 1.0",
                "full_total{series=\"other\"} 2.0",
                "gatehouse_metrics_dropped_series_total{family=\"full_total\"} 2.0",
                "gatehouse_metrics_dropped_series_total{family=\"taken_total\"} 2.0",
                "taken_total 0.0",
            ])
    }

    @Test("extreme values are recorded, never a trap")
    func extremes() {
        let counter = Counter(label: "c", factory: self.factory)
        counter.increment(by: Int64.max)
        counter.increment(by: -1)
        FloatingPointCounter(label: "f", factory: self.factory).increment(by: Double.nan)
        let timer = Timer(label: "t", factory: self.factory)
        timer.recordNanoseconds(Int64.max)
        timer.recordNanoseconds(-1)
        let meter = Meter(label: "m", factory: self.factory)
        meter.set(Int64.min)
        meter.increment(by: Double.infinity)
        Recorder(label: "r", factory: self.factory).record(-Double.infinity)
        #expect(
            self.registry.samples.filter { !$0.contains("_bucket") } == [
                "c_total 9.223372036854776e+18", "f_total 0.0", "m -9.223372036854776e+18", "r_count 0.0", "r_sum 0.0",
                "t_seconds_count 2.0", "t_seconds_sum 9.223372036854776e+09",
            ])
    }

    @Test("a counter can be reset, and a destroyed metric disappears")
    func resetAndDestroy() {
        let counter = Counter(label: "c", factory: self.factory)
        counter.increment(by: 5)
        counter.reset()
        #expect(self.registry.samples == ["c_total 0.0"])
        let timer = Timer(label: "t", factory: self.factory)
        let gauge = Gauge(label: "g", factory: self.factory)
        let meter = Meter(label: "m", factory: self.factory)
        let decimal = FloatingPointCounter(label: "f", factory: self.factory)
        counter.destroy()
        timer.destroy()
        gauge.destroy()
        meter.destroy()
        decimal.destroy()
        #expect(self.registry.samples.isEmpty)
        counter.increment()
    }
}
