import CRateLimitBenchmarks

/// A body that does the same many times.
struct Benchmark {
    let title: String
    let operations: Int
    let body: () -> Void
}

/// What a benchmark did, by processor time of the thread.
struct Measurement {
    static let rounds = 5

    let title: String
    /// Nanoseconds per operation, the median of the rounds.
    let nanoseconds: Double
    /// Heap allocations in the round that had the fewest.
    let allocations: UInt64

    /// Runs all benchmarks in turn, round after round, so that a noisy moment of the machine falls on all of them.
    static func measurements(of benchmarks: [Benchmark]) -> [Measurement] {
        var times = benchmarks.map { _ in [Double]() }
        var allocations = benchmarks.map { _ in UInt64.max }
        for _ in 0..<Self.rounds {
            for (number, benchmark) in benchmarks.enumerated() {
                let before = rate_limit_benchmarks_allocations()
                let start = rate_limit_benchmarks_thread_nanoseconds()
                benchmark.body()
                let time = rate_limit_benchmarks_thread_nanoseconds() - start
                allocations[number] = min(allocations[number], rate_limit_benchmarks_allocations() - before)
                times[number].append(Double(time) / Double(benchmark.operations))
            }
        }
        return benchmarks.indices.map { number in
            Measurement(
                title: benchmarks[number].title, nanoseconds: times[number].sorted()[Self.rounds / 2],
                allocations: allocations[number])
        }
    }

    /// One row: millions per second, nanoseconds each, how many bytes a plain loop adds up meanwhile, and allocations.
    func row(byteSumNanoseconds: Double) -> String {
        let millions = Double(Int(1e5 / self.nanoseconds)) / 100
        let nanoseconds = Double(Int(self.nanoseconds * 10)) / 10
        let bytes = Int(self.nanoseconds / byteSumNanoseconds)
        let counted = rate_limit_benchmarks_counts_allocations() == 1 ? "\(self.allocations)" : "not counted"
        return "| \(self.title) | \(millions) | \(nanoseconds) | \(bytes) | \(counted) |"
    }
}

extension Benchmark {
    /// Runs them all, the machine's own speed among them, and prints a table.
    static func run(_ benchmarks: [Benchmark]) {
        let machine = [
            Self.byteSum(), Self.dependentReads(mebibytes: 5, of: "index"), Self.dependentReads(mebibytes: 54, of: "counters"),
        ]
        let measurements = Measurement.measurements(of: machine + benchmarks)
        print("| | M/s | ns | bytes summed meanwhile | allocations |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for measurement in measurements { print(measurement.row(byteSumNanoseconds: measurements[0].nanoseconds)) }
        print()
    }

    /// A plain loop over bytes, as a measure of the machine.
    private static func byteSum() -> Benchmark {
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            for position in 0..<(1 << 20) { buffer[position] = UInt8(truncatingIfNeeded: position &* 31) }
            count = 1 << 20
        }
        return Benchmark(title: "plain byte sum", operations: 100 << 20) {
            var sum: UInt64 = 0
            for _ in 0..<100 {
                for byte in bytes { sum = (sum &+ UInt64(byte)) ^ 1 }
            }
            precondition(sum != 0x1234_5678_9ABC_DEF0, "keeps the sum alive")
        }
    }

    /// Reads that each wait for the one before, over as much memory as a look-up reads from.
    private static func dependentReads(mebibytes: Int, of part: String) -> Benchmark {
        let reads = 1_000_000
        // Kept until the process ends: the body may run at any time.
        nonisolated(unsafe) var place = rate_limit_benchmarks_cycle(mebibytes << 20)
        return Benchmark(title: "dependent read over \(mebibytes) MiB (\(part))", operations: reads) {
            place = rate_limit_benchmarks_follow(place, reads)
        }
    }
}
