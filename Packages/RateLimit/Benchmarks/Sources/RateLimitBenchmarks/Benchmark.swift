import CRateLimitBenchmarks

/// Runs a body several times and keeps the median.
struct Benchmark {
    static let rounds = 5

    let title: String
    /// Operations per second of processor time, the median of the rounds.
    let rate: Double
    /// Heap allocations in the round that had the fewest.
    let allocations: UInt64

    init(_ title: String, operations: Int, _ body: () -> Void) {
        var rates: [Double] = []
        var allocations = UInt64.max
        for _ in 0..<Self.rounds {
            let before = rate_limit_benchmarks_allocations()
            let start = rate_limit_benchmarks_thread_nanoseconds()
            body()
            let time = rate_limit_benchmarks_thread_nanoseconds() - start
            allocations = min(allocations, rate_limit_benchmarks_allocations() - before)
            rates.append(Double(operations) / Double(max(time, 1)) * 1e9)
        }
        self.title = title
        self.rate = rates.sorted()[Self.rounds / 2]
        self.allocations = allocations
    }

    /// One row: millions per second, nanoseconds each, and how many bytes the plain sum adds up meanwhile.
    func row(byteSumRate: Double) -> String {
        let millions = Double(Int(self.rate / 1e4)) / 100
        let nanoseconds = Double(Int(1e10 / self.rate)) / 10
        let bytes = Int(byteSumRate / self.rate)
        let counted = rate_limit_benchmarks_counts_allocations() == 1 ? "\(self.allocations)" : "not counted"
        return "| \(self.title) | \(millions) | \(nanoseconds) | \(bytes) | \(counted) |"
    }

    /// How many bytes a plain loop adds up per second on this machine now.
    static func byteSumRate() -> Double {
        let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            for position in 0..<(1 << 20) { buffer[position] = UInt8(truncatingIfNeeded: position &* 31) }
            count = 1 << 20
        }
        var sum: UInt64 = 0
        let benchmark = Benchmark("plain byte sum", operations: 100 << 20) {
            for _ in 0..<100 {
                for byte in bytes { sum = (sum &+ UInt64(byte)) ^ 1 }
            }
        }
        precondition(sum != 0x1234_5678_9ABC_DEF0, "keeps the sum alive")
        return benchmark.rate
    }
}
