import RateLimit
import TestKit
import Testing

@Suite("Many callers at once")
struct ConcurrencyTests {
    @Test("admits exactly the limit", arguments: RateLimitAlgorithm.allCases)
    func admitsExactly(_ algorithm: RateLimitAlgorithm) async throws {
        let store = try InProcessRateLimitStore(memoryBytes: 1 << 20)
        let limit = TestRun.count(2_000, long: 50_000)
        let rule = try RateLimitRule("race", quota: try Quota(limit: Int64(limit), .hour), algorithm: algorithm)
        let key = try RateLimitKey("key")
        let admitted = await withTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    // Callers read their clocks a little apart.
                    (0..<limit / 4).count {
                        store.decide(RateLimitCheck(rule, key), at: RateLimitInstant(nanoseconds: Int64(($0 ^ task) % 64)))
                            .isAdmitted
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted == limit)
    }

    @Test("consumes exactly the granted costs of every rule, all or nothing")
    func conserves() async throws {
        let store = try InProcessRateLimitStore(memoryBytes: 4 << 20)
        let rules = try RateLimitAlgorithm.allCases.enumerated().map { number, algorithm in
            try RateLimitRule(
                "rule-\(number)", quota: try Quota(limit: Int64(TestRun.count(300, long: 5_000) * (number + 1)), .hour),
                algorithm: algorithm)
        }
        let keys = try (0..<3).map { try RateLimitKey("key-\($0)") }
        let tasks = 12
        let calls = TestRun.count(600, long: 20_000)
        let granted = await withTaskGroup(of: [Int64].self) { group in
            for task in 0..<tasks {
                group.addTask {
                    var generator = SeededGenerator(seed: TestRun.seed &+ UInt64(task))
                    var granted = [Int64](repeating: 0, count: rules.count * keys.count)
                    for _ in 0..<calls {
                        let places = (0..<granted.count).shuffled(using: &generator).prefix(
                            Int.random(in: 1...6, using: &generator))
                        let costs = places.map { _ in Int64.random(in: 0...3, using: &generator) }
                        let checks = zip(places, costs).compactMap {
                            try? RateLimitCheck(rules[$0 / keys.count], keys[$0 % keys.count], cost: $1)
                        }
                        guard store.decide(checks, at: .start).isAllowed else { continue }
                        for (place, cost) in zip(places, costs) { granted[place] += cost }
                    }
                    return granted
                }
            }
            return await group.reduce([Int64](repeating: 0, count: rules.count * keys.count)) { zip($0, $1).map(+) }
        }
        for (place, granted) in granted.enumerated() {
            let rule = rules[place / keys.count]
            let usage = store.usage(of: rule, for: keys[place % keys.count], at: .start)
            #expect(usage.used == granted, "\(rule.algorithm.name)")
            #expect(granted <= rule.quota.limit)
        }
    }
}
