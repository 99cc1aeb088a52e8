import PrometheusMetrics
import Testing

@Suite("Cardinality guard")
struct CardinalityGuardTests {
    let registry = PrometheusRegistry(
        configuration: PrometheusConfiguration(maximumSeriesPerFamily: 2, maximumLabelValueBytes: 8))

    private static let dropped = "gatehouse_metrics_dropped_series_total{family=\"c_total\"}"

    @Test("a full family counts the rest under other, and keeps what it has")
    func fullFamily() throws {
        let family = try self.registry.counter("c_total", help: "C", labels: ["a", "b"])
        for index in 0..<1_000 { family.with("\(index)", "x").increment() }
        family.with("1", "x").increment()
        #expect(family.seriesCount == 3)
        #expect(
            self.registry.samples == [
                "c_total{a=\"0\",b=\"x\"} 1.0",
                "c_total{a=\"1\",b=\"x\"} 2.0",
                "c_total{a=\"other\",b=\"other\"} 998.0",
                "\(Self.dropped) 998.0",
            ])
    }

    @Test("a value that is too long is counted under other")
    func longValue() throws {
        let family = try self.registry.counter("c_total", help: "C", labels: ["a"])
        family.with("12345678").increment()
        family.with("123456789").increment()
        #expect(self.registry.samples == ["c_total{a=\"12345678\"} 1.0", "c_total{a=\"other\"} 1.0", "\(Self.dropped) 1.0"])
    }

    @Test("a wrong number of values is counted under other, and never a trap")
    func wrongArity() throws {
        let family = try self.registry.counter("c_total", help: "C", labels: ["a", "b"])
        family.with("1").increment()
        family.with("1", "2", "3").increment()
        family.with(values: []).increment()
        family.with(values: ["1", "2", "3", "4"]).increment()
        #expect(self.registry.samples == ["c_total{a=\"other\",b=\"other\"} 4.0", "\(Self.dropped) 4.0"])
    }

    @Test("fewer values than labels are not taken for empty ones")
    func shortKeyDiffersFromEmptyValue() throws {
        let family = try self.registry.counter("c_total", help: "C", labels: ["a", "b"])
        #expect(family.with("1", "") !== family.with("1"))
    }
}
