import PrometheusMetrics
import TestKit
import Testing

@Suite("Recording")
struct RecordingTests {
    let registry = PrometheusRegistry()

    @Test("a counter takes what is positive and finite")
    func counterAmounts() throws {
        let counter = try self.registry.counter("c_total", help: "C")
        counter.increment()
        counter.increment(by: 2)
        counter.increment(by: 0.5)
        for amount in [-1, 0, .min] { counter.increment(by: amount) }
        for amount in [-0.5, 0, .nan, .infinity, -.infinity] { counter.increment(by: amount) }
        #expect(counter.value == 3.5)
    }

    @Test("a counter never wraps around")
    func counterOverflow() throws {
        let counter = try self.registry.counter("c_total", help: "C")
        for _ in 0..<4 { counter.increment(by: Int.max) }
        #expect(counter.value == 4 * 9.223372036854775807e18)
        counter.increment(by: .greatestFiniteMagnitude)
        counter.increment(by: .greatestFiniteMagnitude)
        #expect(counter.value == .infinity)
    }

    @Test("a gauge can be set to anything, and additions never spoil it")
    func gaugeAmounts() throws {
        let gauge = try self.registry.gauge("g", help: "G")
        gauge.set(.max)
        #expect(gauge.value == 9.223372036854775807e18)
        gauge.set(2.5)
        gauge.increment()
        gauge.decrement(by: 5)
        gauge.increment(by: .nan)
        gauge.decrement(by: .infinity)
        #expect(gauge.value == -1.5)
    }

    @Test("observations that are no finite numbers are ignored", arguments: [Double.nan, .infinity, -.infinity, .signalingNaN])
    func ignoresUnfit(_ value: Double) throws {
        let histogram = try self.registry.histogram("h", help: "H")
        let summary = try self.registry.summary("s", help: "S")
        histogram.observe(value)
        summary.observe(value)
        histogram.observe(1)
        summary.observe(1)
        #expect(histogram.snapshot().count == 1)
        #expect(histogram.snapshot().sum == 1)
        #expect(summary.snapshot() == (1, 1))
    }

    @Test("no increment of many threads is lost")
    func concurrentExactness() async throws {
        let threads = 4
        let rounds = TestRun.count(10_000, long: 1_000_000)
        let family = try self.registry.counter("c_total", help: "C", labels: ["label"])
        let fractions = try self.registry.counter("f_total", help: "F")
        let gauge = try self.registry.gauge("g", help: "G")
        let histogram = try self.registry.histogram("h", help: "H", buckets: [0.5])
        let summary = try self.registry.summary("s", help: "S")
        // A loop of its own for each, so that the threads meet in it as often as they can.
        await inParallel(threads) { _ in
            for round in 0..<rounds { family.with(round.isMultiple(of: 2) ? "even" : "odd").increment() }
            for _ in 0..<(rounds * 20) { fractions.increment(by: 0.5) }
            for _ in 0..<(rounds * 20) { gauge.increment(by: 2) }
            for round in 0..<rounds { histogram.observe(Double(round % 2)) }
            for _ in 0..<rounds { summary.observe(2) }
        }
        let total = Double(threads * rounds)
        #expect(family.with("even").value == total / 2)
        #expect(family.with("odd").value == total / 2)
        #expect(fractions.value == total * 10)
        #expect(gauge.value == total * 40)
        #expect(histogram.snapshot().cumulativeCounts == [UInt64(total) / 2, UInt64(total)])
        #expect(histogram.snapshot().sum == total / 2)
        #expect(summary.snapshot() == (UInt64(total), total * 2))
    }

    @Test("threads that ask for the same series at once get the same one")
    func concurrentCreation() async throws {
        let family = try self.registry.counter("c_total", help: "C", labels: ["a", "b"])
        let names = (0..<100).map(String.init)
        await inParallel(8) { _ in
            for name in names { family.with(name, "x").increment() }
        }
        #expect(family.seriesCount == 100)
        #expect(names.allSatisfy { family.with($0, "x").value == 8 })
    }

    @Test("a scrape amid recording is consistent")
    func consistentScrape() async throws {
        let histogram = try self.registry.histogram("h", help: "H", buckets: [1, 2])
        let summary = try self.registry.summary("s", help: "S")
        let rounds = TestRun.count(50_000, long: 1_000_000)
        let contradictions = Tally()
        await inParallel(4) { thread in
            for _ in 0..<rounds {
                if thread.isMultiple(of: 2) {
                    histogram.observe(3)
                    summary.observe(3)
                } else {
                    let snapshot = histogram.snapshot()
                    if snapshot.sum != Double(snapshot.count) * 3 { contradictions.add(1) }
                    let (count, sum) = summary.snapshot()
                    if sum != Double(count) * 3 { contradictions.add(1) }
                }
            }
        }
        #expect(contradictions.value == 0)
        #expect(histogram.snapshot().cumulativeCounts == [0, 0, UInt64(rounds * 2)])
    }
}
