import RateLimit

/// Decisions over a million keys of 20 bytes, on one thread.
struct DecisionBenchmarks {
    let keyCount = 1_000_000
    let decisionCount = 2_000_000
    let keys: [RateLimitKey]
    /// A fixed walk through all keys that no prefetcher foresees.
    let order: [Int32]
    let byteSumRate: Double

    init() throws {
        self.keys = try (0..<self.keyCount).map {
            try Self.withBytes(of: Int32($0)) { bytes throws(RateLimitError) in try RateLimitKey(bytes: bytes) }
        }
        let keyCount = UInt64(self.keyCount)
        self.order = (0..<self.decisionCount).map { Int32((UInt64($0) &* 0x9E37_79B9_7F4A_7C15) >> 20 % keyCount) }
        self.byteSumRate = Benchmark.byteSumRate()
    }

    func printMachine() {
        print(
            "plain byte sum: \(Int(self.byteSumRate / 1e6)) MB/s; \(self.keyCount) keys of 20 bytes in random order, one thread")
        print("| decision | M/s | ns | bytes summed meanwhile | allocations |")
        print("| --- | ---: | ---: | ---: | ---: |")
    }

    func printAlgorithms() throws {
        var memory: [String] = []
        for algorithm in RateLimitAlgorithm.allCases {
            let rule = try RateLimitRule("benchmark", quota: try Quota(limit: 100, .minute), algorithm: algorithm)
            let store = try self.filledStore(rule)
            memory.append("\(algorithm.name): \(Double(store.statistics.usedBytes * 10 / self.keyCount) / 10) bytes per key")
            self.run("\(algorithm.name), random key", operations: self.decisionCount) {
                var instant: Int64 = 2_000_000_000
                for number in self.order {
                    instant &+= 1_000
                    guard
                        let key = try? Self.withBytes(
                            of: number, { bytes throws(RateLimitError) in try RateLimitKey(bytes: bytes) })
                    else { continue }
                    _ = store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: instant))
                }
            }
            let key = self.keys[7]
            self.run("\(algorithm.name), one hot key", operations: self.decisionCount) {
                var instant: Int64 = 2_000_000_000
                for _ in 0..<self.decisionCount {
                    instant &+= 1_000
                    _ = store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: instant))
                }
            }
        }
        for line in memory { print("| \(line) | | | | |") }
    }

    func printCalls() throws {
        let rule = try RateLimitRule("benchmark", quota: try Quota(limit: 100, .minute), algorithm: .tokenBucket)
        let store = try self.filledStore(rule)
        self.run("making a key from 20 bytes", operations: self.decisionCount) {
            for number in self.order {
                guard
                    let key = try? Self.withBytes(of: number, { bytes throws(RateLimitError) in try RateLimitKey(bytes: bytes) }),
                    key.byteCount == 21
                else { return }
            }
        }
        let key = self.keys[7]
        self.run("token_bucket, hot key, time from the clock", operations: self.decisionCount) {
            for _ in 0..<self.decisionCount { _ = store.decide(RateLimitCheck(rule, key), at: .now) }
        }
    }

    func printSeveralRules() throws {
        for count in [1, 2, 8] {
            let rules = try (0..<count).map { number in
                try RateLimitRule("rule-\(number)", quota: try Quota(limit: 1_000_000_000, .hour), algorithm: .tokenBucket)
            }
            let store = try InProcessRateLimitStore()
            let requests = self.keys.prefix(1_000).map { key in rules.map { RateLimitCheck($0, key) } }
            for request in requests { _ = store.decide(request, at: .start) }
            self.run("\(count) rules in one decision, 1000 keys", operations: self.decisionCount / 10) {
                var instant: Int64 = 0
                for number in 0..<self.decisionCount / 10 {
                    instant &+= 1_000
                    _ = store.decide(requests[number % 1_000], at: RateLimitInstant(nanoseconds: instant))
                }
            }
        }
    }

    /// Memory of full logs: 100 hits of each of 10 000 keys, spread over their minute.
    func printLogMemory() throws {
        let store = try InProcessRateLimitStore()
        let rule = try RateLimitRule("log", quota: try Quota(limit: 100, .minute), algorithm: .slidingLog)
        var instant: Int64 = 0
        var firstBytes = 0
        for hit in 0..<100 {
            for key in self.keys.prefix(10_000) {
                _ = store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: instant))
            }
            if hit == 0 { firstBytes = store.statistics.usedBytes }
            instant += 550_000_000
        }
        let bytesPerEntry = Double((store.statistics.usedBytes - firstBytes) * 100 / (99 * 10_000)) / 100
        print("| sliding log, 100 hits in a minute: \(bytesPerEntry) bytes per further hit | | | | |")
    }

    private func filledStore(_ rule: RateLimitRule) throws -> InProcessRateLimitStore {
        let store = try InProcessRateLimitStore()
        for key in self.keys { _ = store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: 1_000_000_000)) }
        return store
    }

    /// The key `user:` and 15 digits, as it would lie in a request.
    private static func withBytes<Result>(
        of number: Int32, _ body: (UnsafeRawBufferPointer) throws(RateLimitError) -> Result
    ) throws(RateLimitError) -> Result {
        var text: (UInt64, UInt64, UInt32) = (0x3030_303A_7265_7375, 0x3030_3030_3030_3030, 0x3030_3030)
        return try withUnsafeMutableBytes(of: &text) { bytes throws(RateLimitError) in
            var rest = number
            var position = 19
            while rest > 0 {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                bytes[position] = 48 &+ UInt8(truncatingIfNeeded: digit)
                rest = quotient
                position &-= 1
            }
            return try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes).prefix(20)))
        }
    }

    private func run(_ title: String, operations: Int, _ body: () -> Void) {
        print(Benchmark(title, operations: operations, body).row(byteSumRate: self.byteSumRate))
    }
}
