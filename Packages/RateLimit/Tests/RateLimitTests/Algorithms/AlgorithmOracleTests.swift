import RateLimit
import TestKit
import Testing

@Suite("Algorithms against a slow account")
struct AlgorithmOracleTests {
    static let quotas: [(limit: Int64, windowMilliseconds: Int64)] = [
        (1, 1), (7, 1_000), (3, 60_000), (10, 10_000), (100, 60_000), (1_000_000_007, 997), (1 << 40, 86_400_000),
        (3, Quota.maximumWindowMilliseconds),
        (Int64.max / 2, 1), (.max, Quota.maximumWindowMilliseconds),
    ]

    @Test("gives the same answers and numbers at every step", arguments: RateLimitAlgorithm.allCases)
    func agrees(_ algorithm: RateLimitAlgorithm) throws {
        var generator = SeededGenerator(seed: TestRun.seed &+ UInt64(algorithm.rawValue))
        let steps = TestRun.count(24_000, long: 1_000_000)
        for (limit, milliseconds) in Self.quotas {
            let quota = try Quota(limit: limit, window: .milliseconds(milliseconds))
            try Self.compare(algorithm, quota, steps: steps / Self.quotas.count, using: &generator)
        }
    }

    static let buckets: [(capacity: Int64, refill: Int64, seconds: Int64)] = [
        (16, 30, 60), (11, 1, 1), (1, 10_000, 1), (1, 3, 7), (5, 1_000_000_007, 1), (1_000, 7, 86_400), (30, 30, 60),
        (1, .max, 1), (.max, .max, 3_600), (3, 1 << 62, 933_120_000), (933_120_000, 1, 1), (1 << 40, (1 << 40) - 1, 933_119_999),
    ]

    @Test("gives the same answers and numbers where a bucket's refill is told apart", arguments: Self.buckets)
    func agrees(_ capacity: Int64, _ refill: Int64, _ seconds: Int64) throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let quota = try Quota.bucket(capacity: capacity, refill: refill, per: seconds)
        try Self.compare(.tokenBucket, quota, steps: TestRun.count(4_000, long: 200_000), using: &generator)
    }

    private static func compare(
        _ algorithm: RateLimitAlgorithm, _ quota: Quota, steps: Int, using generator: inout SeededGenerator
    ) throws {
        let store = try InProcessRateLimitStore(memoryBytes: 1 << 20)
        let rule = try RateLimitRule("oracle", quota: quota, algorithm: algorithm)
        var keyNumber = 0
        var key = try RateLimitKey("key-0")
        var oracle = CounterOracle(algorithm, quota: quota)
        var now: Int64 = 1_000_000_000_123
        for step in 0..<steps {
            // A fresh counter now and then keeps the times small and the account short.
            if step % 200 == 199 {
                keyNumber += 1
                key = try RateLimitKey("key-\(keyNumber)")
                oracle = CounterOracle(algorithm, quota: quota)
            }
            now =
                RateLimitInstant(nanoseconds: now.addingReportingOverflow(Self.pause(quota, using: &generator)).partialValue)
                .nanoseconds
            if now > 1 << 61 { return }
            let cost = Self.cost(limit: quota.limit, using: &generator)
            let verdict = store.decide(try RateLimitCheck(rule, key, cost: cost), at: RateLimitInstant(nanoseconds: now))
            let fits = cost == 0 || (cost <= quota.limit && oracle.fits(cost, at: now))
            let context: Comment = "\(algorithm.name), \(quota), seed \(generator.seed), step \(step), cost \(cost), at \(now)"
            try #require(verdict.isAdmitted == fits, context)
            if fits, cost > 0 { oracle.take(cost, at: now) }
            let used = oracle.used(at: now)
            try #require(Int128(verdict.used) == used, context)
            try #require(verdict.remaining == quota.limit - verdict.used, context)
            try Self.checkWaits(verdict, cost, quota, oracle, now, context)
        }
    }

    /// Each wait is the first nanosecond at which its promise holds.
    private static func checkWaits(
        _ verdict: RuleVerdict, _ cost: Int64, _ quota: Quota, _ oracle: CounterOracle, _ now: Int64, _ context: Comment
    ) throws {
        let reset = now + verdict.resetAfter.saturatedNanoseconds
        try #require(oracle.used(at: reset) == 0, context)
        try #require(verdict.resetAfter == .zero || oracle.used(at: reset - 1) > 0, context)
        if verdict.used > 0 {
            let more = now + verdict.replenishAfter.saturatedNanoseconds
            try #require(oracle.used(at: more) < Int128(verdict.used), context)
            try #require(oracle.used(at: more - 1) == Int128(verdict.used), context)
        }
        if verdict.outcome == .exhausted {
            let retry = now + (try #require(verdict.retryAfter, context)).saturatedNanoseconds
            try #require(oracle.fits(cost, at: retry), context)
            try #require(!oracle.fits(cost, at: retry - 1), context)
        } else {
            try #require(verdict.retryAfter == nil, context)
        }
    }

    private static func pause(_ quota: Quota, using generator: inout SeededGenerator) -> Int64 {
        let window = quota.windowMilliseconds * 1_000_000
        let interval = max(window / max(quota.refill, 1), 1)
        switch Int.random(in: 0..<16, using: &generator) {
        case 0...3: return 0
        case 4: return 1
        case 5: return interval - 1
        case 6: return interval
        case 7: return interval + 1
        case 8: return window - 1
        case 9: return window
        case 10: return window + 1
        case 11: return 2 * (window / 2) + window - 1
        case 12: return Int64.random(in: 0...(window / 10), using: &generator)
        case 13: return Int64.random(in: 0...window, using: &generator)
        case 14: return Int64.random(in: 0...1_500, using: &generator)
        default: return Int.random(in: 0..<20, using: &generator) == 0 ? 3 * (window / 2) * 2 : interval / 2
        }
    }

    private static func cost(limit: Int64, using generator: inout SeededGenerator) -> Int64 {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: return 0
        case 1: return limit
        case 2: return limit == .max ? limit : limit + 1
        case 3: return max(limit - 1, 0)
        case 4: return Int64.random(in: 0...limit, using: &generator)
        case 5: return max(limit / 2, 1)
        case 6: return Int64.max
        case 7: return max(limit / 10, 1)
        default: return 1
        }
    }
}
