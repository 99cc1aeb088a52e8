import RateLimit
import RateLimitRedis
import TestKit
import Testing

// One after the other: every test has a server of its own, and a process can watch only so many children at once.
@Suite("Own layout", .serialized)
struct OwnLayoutTests {
    @Test("counts as the table in the process does, step by step", arguments: RateLimitAlgorithm.allCases)
    func differential(_ algorithm: RateLimitAlgorithm) async throws {
        try await withStore { fixture in
            var random = SeededGenerator(seed: TestRun.seed)
            let oracle = try InProcessRateLimitStore(memoryBytes: 1 << 22)
            let quotas = [
                try Quota(limit: 7, per: 1, .minute), try Quota(limit: 3, per: 7, .second),
                try Quota(limit: 1 << 45, per: 30 * 12, .month), try Quota(limit: 11, per: 1, .millisecond),
            ]
            for step in 0..<TestRun.count(300, long: 20_000) {
                let checks = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    let quota = try #require(quotas.randomElement(using: &random))
                    let shadow = Int.random(in: 0..<5, using: &random) == 0
                    let rule = try RateLimitRule(
                        shadow ? "shadow" : "rule", quota: quota, algorithm: algorithm, isShadow: shadow)
                    let cost = try #require([0, 1, 1, 2, 5, quota.limit / 3, quota.limit, 1 << 52].randomElement(using: &random))
                    return try RateLimitCheck(rule, RateLimitKey("k"), cost: cost)
                }
                let expected = oracle.decide(checks, at: fixture.clock.instant)
                let seen = try await fixture.store.decide(checks)
                try #require(seen == expected.roundedUp, "step \(step), \(checks): \(seen) instead of \(expected.roundedUp)")
                let wait = [0, 1, 999, 250_000, 3_000_000, 61_000_000].randomElement(using: &random) ?? 0
                let exactly = seen.retryAfter.flatMap { $0 < .seconds(60) && Bool.random(using: &random) ? $0 : nil }
                try await fixture.clock.advance(by: exactly ?? .microseconds(wait))
            }
        }
    }

    @Test("bears extreme quotas and costs under every algorithm", arguments: RateLimitAlgorithm.allCases)
    func extremes(_ algorithm: RateLimitAlgorithm) async throws {
        try await withStore { fixture in
            let key = try RateLimitKey(parts: [[0, 10, 13, 255], Array("a:b\u{0}".utf8), []])
            for limit in [0, 1, 1 << 50, Int64.max] {
                for window in [1, Quota.maximumWindowMilliseconds] {
                    let rule = try RateLimitRule("x", quota: Quota(limit: limit, per: window, .millisecond), algorithm: algorithm)
                    for cost in [Int64.max, 1 << 50, 1, 0, 1 << 50] {
                        let verdict = try await fixture.store.decide([RateLimitCheck(rule, key, cost: cost)]).rules[0]
                        #expect(verdict.remaining >= 0 && verdict.used >= 0 && verdict.limit == min(limit, 1 << 50))
                    }
                    let lease = try await fixture.store.reserve([RateLimitCheck(rule, key, cost: 0)]).lease
                    #expect(lease != nil)
                    _ = try await fixture.store.reset(rule, for: key)
                }
            }
        }
    }

    @Test(
        "keeps waits of buckets exact at any rate",
        arguments: [(16, 30, 60), (3, 7, 1), (1_000, 999_983, 1), (2, 1, 86_400)] as [(Int64, Int64, Int64)])
    func buckets(_ bucket: (capacity: Int64, refill: Int64, seconds: Int64)) async throws {
        try await withStore { fixture in
            let quota = try Quota.bucket(capacity: bucket.capacity, refill: bucket.refill, per: bucket.seconds)
            let rule = try RateLimitRule("bucket", quota: quota, algorithm: .tokenBucket)
            let key = try RateLimitKey("k")
            let all = try await fixture.store.decide([RateLimitCheck(rule, key, cost: bucket.capacity)])
            #expect(all.isAllowed && all.rules[0].remaining == 0)
            for _ in 0..<20 {
                let refused = try await fixture.store.decide([RateLimitCheck(rule, key)])
                let wait = try #require(refused.retryAfter)
                try await fixture.clock.advance(by: wait - .microseconds(1))
                #expect(try await !fixture.store.decide([RateLimitCheck(rule, key)]).isAllowed)
                try await fixture.clock.advance(by: .microseconds(1))
                #expect(try await fixture.store.decide([RateLimitCheck(rule, key)]).isAllowed)
            }
        }
    }

    @Test("has keys of its own that always expire")
    func keys() async throws {
        try await withStore { fixture in
            for algorithm in RateLimitAlgorithm.allCases {
                let rule = try RateLimitRule("query", quota: Quota(limit: 5, per: 1, .minute), algorithm: algorithm)
                _ = try await fixture.store.decide([RateLimitCheck(rule, RateLimitKey("user", "42"))])
            }
            let names = try await fixture.cli("--no-raw", "KEYS", "gatehouse:rl:*").split(separator: "\n").map {
                String($0.drop { $0 != "\"" })
            }
            #expect(
                names.sorted() == "FLCB".map { #""gatehouse:rl:\#($0):2:60000000000:5:query\x04user\x0242""# }.sorted())
            #expect(try await keysWithoutExpiry(fixture) == [])
        }
    }

    @Test("is not moved by a clock of the server that goes back")
    func clockGoesBack() async throws {
        try await withStore { fixture in
            for algorithm in RateLimitAlgorithm.allCases {
                let rule = try RateLimitRule("r", quota: Quota(limit: 5, per: 1, .minute), algorithm: algorithm)
                let check = RateLimitCheck(rule, try RateLimitKey("k"))
                for _ in 0..<5 { _ = try await fixture.store.decide([check]) }
                try await fixture.clock.advance(by: .seconds(-3_600))
                let verdict = try await fixture.store.decide([check])
                #expect(!verdict.isAllowed && verdict.rules[0].remaining == 0)
                try await fixture.clock.advance(by: .seconds(3_600))
            }
        }
    }
}

extension Verdict {
    /// The same with waits that end with a microsecond, as the server counts.
    fileprivate var roundedUp: Verdict { Verdict(rules: RuleVerdicts(self.rules.map(\.roundedUp))) }
}

extension RuleVerdict {
    fileprivate var roundedUp: RuleVerdict {
        RuleVerdict(
            rule: self.rule, outcome: self.outcome, isShadow: self.isShadow, limit: self.limit, used: self.used,
            remaining: self.remaining, resetNanoseconds: self.resetAfter.roundedUp,
            replenishNanoseconds: self.replenishAfter.roundedUp,
            retryNanoseconds: self.outcome == .costExceedsLimit ? -1 : self.retryAfter?.roundedUp ?? 0)
    }
}

extension Duration {
    fileprivate var roundedUp: Int64 {
        let nanoseconds = self.components.seconds * 1_000_000_000 + self.components.attoseconds / 1_000_000_000
        return (nanoseconds + 999) / 1_000 * 1_000
    }
}
