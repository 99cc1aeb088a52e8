import RateLimit

/// Decisions over a million keys of 20 bytes, on one thread.
struct DecisionBenchmarks {
    let keyCount = 1_000_000
    let decisionCount = 2_000_000
    let keys: [RateLimitKey]
    /// Two walks through all keys, each in an order of its own that is drawn from a fixed seed.
    let order: [Int32]

    init() throws {
        self.keys = try (0..<self.keyCount).map {
            try Self.withBytes(of: Int32($0)) { bytes throws(RateLimitError) in try RateLimitKey(bytes: bytes) }
        }
        var random = SplitMix(state: 20_251_121)
        let numbers = (0..<Int32(self.keyCount)).map { $0 }
        self.order = numbers.shuffled(using: &random) + numbers.shuffled(using: &random)
    }

    func printMachine() {
        print(
            "\(self.keyCount) keys of 20 bytes in random order, one thread, median of \(Measurement.rounds) alternating rounds\n")
    }

    func printAlgorithms() throws {
        var memory: [String] = []
        var benchmarks: [Benchmark] = []
        // Laid out in the order of the walk, so that reading the keys themselves costs next to nothing.
        let walk = self.order.map { self.keys[Int($0)] }
        for algorithm in RateLimitAlgorithm.allCases {
            let rule = try RateLimitRule("benchmark", quota: try Quota(limit: 100, .minute), algorithm: algorithm)
            let store = try self.filledStore(rule)
            memory.append("\(algorithm.name): \(Double(store.statistics.usedBytes * 10 / self.keyCount) / 10) bytes per key")
            benchmarks.append(
                Benchmark(title: "\(algorithm.name), random key, made for the call", operations: self.decisionCount) {
                    var instant: Int64 = 2_000_000_000
                    for number in self.order {
                        instant &+= 1_000
                        guard
                            let key = try? Self.withBytes(
                                of: number, { bytes throws(RateLimitError) in try RateLimitKey(bytes: bytes) })
                        else { continue }
                        _ = store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: instant))
                    }
                })
            benchmarks.append(
                Benchmark(title: "\(algorithm.name), random key, made before", operations: self.decisionCount) {
                    var instant: Int64 = 2_000_000_000
                    for key in walk {
                        instant &+= 1_000
                        _ = store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: instant))
                    }
                })
            benchmarks.append(
                Benchmark(title: "\(algorithm.name), random key, each call after the answer of the last", operations: walk.count)
                {
                    var instant: Int64 = 2_000_000_000
                    var position = 0
                    for _ in 0..<walk.count {
                        instant &+= 1_000
                        let verdict = store.decide(
                            RateLimitCheck(rule, walk[position]), at: RateLimitInstant(nanoseconds: instant))
                        // Always a step of one, but the processor cannot know before the counter was read.
                        position = (position &+ 1 &+ Int(verdict.remaining >> 62)) % walk.count
                    }
                })
            let key = self.keys[7]
            benchmarks.append(
                Benchmark(title: "\(algorithm.name), one hot key", operations: self.decisionCount) {
                    var instant: Int64 = 2_000_000_000
                    for _ in 0..<self.decisionCount {
                        instant &+= 1_000
                        _ = store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: instant))
                    }
                })
        }
        Benchmark.run(benchmarks)
        for line in memory { print("- \(line)") }
        print()
    }

    func printCalls() throws {
        let rule = try RateLimitRule("benchmark", quota: try Quota(limit: 100, .minute), algorithm: .tokenBucket)
        let store = try self.filledStore(rule)
        let key = self.keys[7]
        Benchmark.run(
            try [
                Benchmark(title: "making a key from 20 bytes", operations: self.decisionCount) {
                    for number in self.order {
                        guard
                            let key = try? Self.withBytes(
                                of: number, { bytes throws(RateLimitError) in try RateLimitKey(bytes: bytes) }),
                            key.byteCount == 21
                        else { return }
                    }
                },
                Benchmark(title: "token_bucket, hot key, time from the clock", operations: self.decisionCount) {
                    for _ in 0..<self.decisionCount { _ = store.decide(RateLimitCheck(rule, key), at: .now) }
                },
            ] + [1, 2, 8].map(self.severalRules))
    }

    /// What it costs that callers may choose windows and rates.
    func printChosenNumbers() throws {
        let walk = self.order.map { self.keys[Int($0)] }
        let quota = try Quota(limit: 100, .minute)
        let rules = [
            ("sliding_log", try RateLimitRule("benchmark", quota: quota)),
            ("sliding_log, windows shared", try RateLimitRule("benchmark", quota: quota, sharesWindows: true)),
            ("token_bucket", try RateLimitRule("benchmark", quota: quota, algorithm: .tokenBucket)),
            (
                "token_bucket, refill told apart",
                try RateLimitRule("benchmark", quota: try .bucket(capacity: 100, refill: 90, per: 60), algorithm: .tokenBucket)
            ),
        ]
        Benchmark.run(
            try rules.map { title, rule in
                let store = try self.filledStore(rule)
                return Benchmark(title: "\(title), random key, made before", operations: self.decisionCount) {
                    var instant: Int64 = 2_000_000_000
                    for key in walk {
                        instant &+= 1_000
                        _ = store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: instant))
                    }
                }
            })
    }

    private func severalRules(_ count: Int) throws -> Benchmark {
        let rules = try (0..<count).map { number in
            try RateLimitRule("rule-\(number)", quota: try Quota(limit: 1_000_000_000, .hour), algorithm: .tokenBucket)
        }
        let store = try InProcessRateLimitStore()
        let requests = self.keys.prefix(1_000).map { key in rules.map { RateLimitCheck($0, key) } }
        for request in requests { _ = store.decide(request, at: .start) }
        return Benchmark(title: "\(count) rules in one decision, 1000 keys", operations: self.decisionCount / 10) {
            var instant: Int64 = 0
            for number in 0..<self.decisionCount / 10 {
                instant &+= 1_000
                _ = store.decide(requests[number % 1_000], at: RateLimitInstant(nanoseconds: instant))
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
        print("- sliding log, 100 hits in a minute: \(bytesPerEntry) bytes per further hit")
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
}

/// Numbers that are the same in every run (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
