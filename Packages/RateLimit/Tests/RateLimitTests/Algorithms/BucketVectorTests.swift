import RateLimit
import TestKit
import Testing

/// Numbers of redis-cell for `CL.THROTTLE key burst count period`: the bucket holds one more than the burst.
@Suite("Buckets whose refill is told apart")
struct BucketVectorTests {
    let store: InProcessRateLimitStore
    let key: RateLimitKey

    init() throws {
        self.store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
        self.key = try RateLimitKey("user123")
    }

    private func check(_ burst: Int64, _ count: Int64, _ period: Int64, cost: Int64 = 1) throws -> RateLimitCheck {
        let quota = try Quota.bucket(capacity: burst + 1, refill: count, per: period)
        return try RateLimitCheck(try RateLimitRule("cell", quota: quota, algorithm: .tokenBucket), self.key, cost: cost)
    }

    @Test("15 30 60 on a fresh key: 15 of 16 are left, and the bucket is full after two seconds")
    func freshKey() throws {
        let verdict = self.store.decide(try self.check(15, 30, 60), at: .start)
        #expect(verdict.isAdmitted)
        #expect(verdict.limit == 16)
        #expect(verdict.remaining == 15)
        #expect(verdict.retryAfter == nil)
        #expect(verdict.resetAfter == .seconds(2))
        #expect(verdict.resetAfterSeconds == 2 && verdict.retryAfterSeconds == nil)
        let drained = self.store.decide(try self.check(15, 30, 60, cost: 15), at: RateLimitInstant(nanoseconds: 1))
        #expect(drained.isAdmitted && drained.resetAfterSeconds == 32)
        #expect(self.store.decide(try self.check(15, 30, 60), at: RateLimitInstant(nanoseconds: 2)).retryAfterSeconds == 2)
        #expect(verdict.replenishAfter == .seconds(2))
    }

    @Test(
        "an idle spell never saves up more than one burst",
        arguments: [(10, 1, 1, 8.0), (100, 10, 1, 9.8), (50, 50, 60, 55.0), (10, 1, 1, 1_000.0)])
    func idleThenBurst(_ burst: Int64, _ count: Int64, _ period: Int64, _ idle: Double) throws {
        let check = try self.check(burst, count, period)
        _ = self.store.decide(check, at: .start)
        let later = RateLimitInstant(nanoseconds: Int64(idle * 1_000_000_000))
        #expect((0..<3 * burst + 10).count { _ in self.store.decide(check, at: later).isAdmitted } == Int(burst) + 1)
    }

    @Test("10 000 a second without a burst: one exactly every 100 microseconds")
    func fasterThanMilliseconds() throws {
        let check = try self.check(0, 10_000, 1)
        for number in 0..<100 {
            let now = Int64(number) * 100_000
            #expect(self.store.decide(check, at: RateLimitInstant(nanoseconds: now)).isAdmitted)
            let refused = self.store.decide(check, at: RateLimitInstant(nanoseconds: now + 99_999))
            #expect(refused.outcome == .exhausted && refused.retryAfter == .nanoseconds(1))
        }
    }

    @Test("three a second for a thousand seconds: each at its exact nanosecond, as no rounding adds up")
    func thirds() throws {
        #expect(self.store.decide(try self.check(1, 3, 1, cost: 2), at: .start).isAdmitted)
        let check = try self.check(1, 3, 1)
        for number in 1...3_000 {
            let due = (Int64(number) * 1_000_000_000 + 2) / 3
            try #require(!self.store.decide(check, at: RateLimitInstant(nanoseconds: due - 1)).isAdmitted, "token \(number)")
            try #require(self.store.decide(check, at: RateLimitInstant(nanoseconds: due)).isAdmitted, "token \(number)")
        }
    }

    @Test("keeps one bucket per key whatever the numbers, and never forgets a debt for asking otherwise")
    func sharesBucket() throws {
        #expect(self.store.decide(try self.check(15, 30, 60, cost: 16), at: .start).isAdmitted)
        let other = self.store.decide(try self.check(29, 30, 60), at: .start)
        #expect(other.isAdmitted && other.remaining == 13)
        // The debt of 34 s is 340 000 of these.
        let faster = self.store.decide(try self.check(9, 10_000, 1), at: .start)
        #expect(faster.outcome == .exhausted && faster.remaining == 0)
        #expect(self.store.usage(of: try self.check(29, 30, 60).rule, for: self.key, at: .start).used == 17)
        let listed = try #require(self.store.counters(limit: 10, at: .start).counters.first)
        #expect(listed.used == 17 && listed.windowMilliseconds == 60_000 && !listed.sharesWindows)
        #expect(self.store.statistics.counters == 1)
        #expect(self.store.reset(try self.check(1, 1, 1).rule, for: self.key, at: .start))
        #expect(self.store.statistics.counters == 0)
    }

    @Test("says its numbers in its text, and keeps the refill when the limit is overridden")
    func describes() throws {
        let quota = try Quota.bucket(capacity: 16, refill: 30, per: 60)
        #expect(quota.description == "30 per 60 second, 16 at once")
        let lowered = try quota.withLimit(4)
        #expect(lowered.limit == 4 && lowered.refill == 30 && lowered.isBucket)
        #expect(throws: RateLimitError(.invalidQuota, message: "")) { try quota.withLimit(0) }
    }

    @Test(
        "refuses numbers that make no bucket",
        arguments: [
            (0, 1, 1), (1, 0, 1), (1, 1, 0), (-1, 1, 1), (1, -1, 1), (1, 1, -1), (Int64.max, 1, 1), (1, 1, Int64.max),
            (Int64.max, Int64.max, Int64.max), (933_120_001, 1, 1), (Int64.min, Int64.min, Int64.min),
        ])
    func refuses(_ capacity: Int64, _ refill: Int64, _ seconds: Int64) {
        #expect(throws: RateLimitError(.invalidQuota, message: "")) {
            try Quota.bucket(capacity: capacity, refill: refill, per: seconds)
        }
    }

    @Test("refuses a refill told apart under another algorithm", arguments: [RateLimitAlgorithm.slidingLog, .fixedWindow])
    func refusesAlgorithm(_ algorithm: RateLimitAlgorithm) throws {
        let quota = try Quota.bucket(capacity: 1, refill: 2, per: 3)
        #expect(throws: RateLimitError(.invalidRule, message: "")) {
            try RateLimitRule("cell", quota: quota, algorithm: algorithm)
        }
    }

    @Test("answers any numbers in any order without a trap, and settles them")
    func anyNumbers() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let numbers: [Int64] = [1, 2, 3, 60, 1_000_000_007, 1 << 31, 1 << 62, .max - 1, .max]
        var now: Int64 = 0
        for step in 0..<TestRun.count(20_000, long: 500_000) {
            guard
                let quota = try? Quota.bucket(
                    capacity: numbers.randomElement(using: &generator) ?? 1,
                    refill: numbers.randomElement(using: &generator) ?? 1,
                    per: numbers.randomElement(using: &generator) ?? 1)
            else { continue }
            let rule = try RateLimitRule("cell", quota: quota, algorithm: .tokenBucket)
            let cost = numbers.randomElement(using: &generator) ?? 1
            now += step % 3 == 0 ? Int64.random(in: 0...60_000_000_000, using: &generator) : 0
            let instant = RateLimitInstant(nanoseconds: step % 100 == 99 ? .max : now)
            let reservation = self.store.reserve([try RateLimitCheck(rule, self.key, cost: cost)], at: instant)
            let verdict = reservation.verdict.rules[0]
            try #require((0...quota.limit).contains(verdict.remaining), "\(quota), seed \(generator.seed), step \(step)")
            try #require(verdict.used >= 0 && verdict.resetAfter >= .zero && verdict.replenishAfter >= .zero)
            if let lease = reservation.lease {
                _ = try self.store.settle(lease, actual: [step % 2 == 0 ? 0 : .max], at: instant)
            }
            _ = self.store.counters(limit: 1, at: instant)
            if step % 50 == 49 { self.store.reset(rule, for: self.key, at: instant) }
        }
    }
}
