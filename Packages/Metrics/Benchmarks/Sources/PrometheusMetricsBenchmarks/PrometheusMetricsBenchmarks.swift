import PrometheusMetrics

/// Prints what recording costs beside an addition of bytes on the same machine; the median of eleven rounds in turn.
///
/// `swift run -c release --package-path Packages/Metrics/Benchmarks`
@main
struct PrometheusMetricsBenchmarks {
    private struct Subject {
        let name: String
        let run: (_ rounds: Int) -> Void
        var nanoseconds: [Double] = []
    }

    static func main() throws {
        let rounds = 200_000
        var subjects = try Self.subjects()
        for _ in 0..<11 {
            for index in subjects.indices {
                let time = ContinuousClock().measure { subjects[index].run(rounds) }
                let (seconds, attoseconds) = time.components
                subjects[index].nanoseconds.append((Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(rounds))
            }
        }
        let unit = Self.median(subjects[0].nanoseconds)
        for subject in subjects {
            let median = Self.median(subject.nanoseconds)
            print("\(subject.name): \(Self.rounded(median)) ns, \(Self.rounded(median / unit)) times the byte sum")
        }
        try Self.scrape()
    }

    private static func subjects() throws -> [Subject] {
        let registry = PrometheusRegistry()
        let counter = try registry.counter("counter_total", help: "Counter.")
        let gauge = try registry.gauge("gauge", help: "Gauge.")
        let histogram = try registry.histogram("histogram", help: "Histogram.")
        let one = try registry.counter("one_total", help: "Family.", labels: ["a"])
        let three = try registry.counter("three_total", help: "Family.", labels: ["a", "b", "c"])
        for index in 0..<500 {
            one.with("value-\(index)").increment()
            three.with("/api/v1/traces/{id}/\(index)", "GET", "2xx").increment()
        }
        let bytes = [UInt8](repeating: 7, count: 64)
        var sum: UInt8 = 0
        return [
            Subject(name: "sum of 64 bytes") { rounds in
                for _ in 0..<rounds { sum &+= bytes.reduce(sum, &+) }
                if sum == 1 { print("") }
            },
            Subject(name: "counter, held") { for _ in 0..<$0 { counter.increment() } },
            Subject(name: "counter by a fraction, held") { for _ in 0..<$0 { counter.increment(by: 0.5) } },
            Subject(name: "gauge, held") { for round in 0..<$0 { gauge.set(round) } },
            Subject(name: "histogram of 11 bounds, held") { for round in 0..<$0 { histogram.observe(Double(round & 15)) } },
            Subject(name: "counter looked up by 1 label") { for _ in 0..<$0 { one.with("value-77").increment() } },
            Subject(name: "counter looked up by 3 labels") {
                for _ in 0..<$0 { three.with("/api/v1/traces/{id}/77", "GET", "2xx").increment() }
            },
        ]
    }

    private static func scrape() throws {
        for series in [8, 64, 512] {
            let registry = PrometheusRegistry()
            let family = try registry.histogram("histogram", help: "Histogram.", labels: ["a"])
            for index in 0..<series { family.with("\(index)").observe(1) }
            let times = (0..<5).map { _ in ContinuousClock().measure { _ = registry.render() } }
            print("scrape of \(series) histograms, \(registry.render().count) bytes: \(times.sorted()[2])")
        }
    }

    private static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 10).rounded() / 10
    }
}
