import RateLimit
import TestKit
import Testing

@Suite("Memory budget")
struct MemoryBudgetTests {
    @Test("holds while a flood of keys passes, and protected keys keep their counts", arguments: RateLimitAlgorithm.allCases)
    func holdsUnderFlood(_ algorithm: RateLimitAlgorithm) throws {
        let keyCount = TestRun.count(200_000, long: 10_000_000)
        let budget = TestRun.count(1 << 20, long: 64 << 20)
        let store = try InProcessRateLimitStore(memoryBytes: budget)
        let flood = try RateLimitRule("flood", quota: try Quota(limit: 5, .second), algorithm: algorithm)
        let protected = try RateLimitRule("protected", quota: try Quota(limit: 1_000_000, .day), algorithm: algorithm)
        let kept = try (0..<100).map { try RateLimitKey("kept-\($0)") }
        for (number, key) in kept.enumerated() {
            let verdict = store.decide(try RateLimitCheck(protected, key, cost: Int64(number + 1)), at: .start)
            try #require(verdict.outcome == .admitted)
        }
        var refused = 0
        for number in 0..<keyCount {
            // A fifth of the flood comes faster than the table can forget.
            let now = RateLimitInstant(nanoseconds: Int64(number) * Int64(TestRun.count(90_000, long: 1_400)))
            let outcome = store.decide(RateLimitCheck(flood, try RateLimitKey("flood-\(number)")), at: now).outcome
            try #require(outcome == .admitted || outcome == .refusedUncounted)
            if outcome == .refusedUncounted { refused += 1 }
        }
        let statistics = store.statistics
        #expect(statistics.usedBytes <= budget)
        #expect(statistics.reclaimedCounters > UInt64(keyCount / 2))
        #expect(statistics.refusedUncountedChecks == UInt64(refused))
        for (number, key) in kept.enumerated() where algorithm != .tokenBucket {
            #expect(store.usage(of: protected, for: key, at: .start).used == Int64(number + 1))
        }
        if TestRun.isLong { print("\(algorithm.name): \(keyCount) keys, \(statistics), \(refused) refused") }
    }

    @Test(
        "denies or allows new keys as the rule says when all counters live, and known keys go on",
        arguments: RateLimitAlgorithm.allCases)
    func appliesFullPolicy(_ algorithm: RateLimitAlgorithm) throws {
        let store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
        let quota = try Quota(limit: 3, .day)
        let denying = try RateLimitRule("full", quota: quota, algorithm: algorithm)
        let allowing = try RateLimitRule("full", quota: quota, algorithm: algorithm, onFull: .allow)
        var admitted = 0
        while store.decide(RateLimitCheck(denying, try RateLimitKey("key-\(admitted)")), at: .start).outcome == .admitted {
            admitted += 1
        }
        try #require(admitted > 1_000)
        let newKey = try RateLimitKey("newcomer")
        let refused = store.decide(RateLimitCheck(denying, newKey), at: .start)
        #expect(refused.outcome == .refusedUncounted)
        #expect(refused.retryAfter == .seconds(1))
        let allowed = store.decide([RateLimitCheck(allowing, newKey)], at: .start)
        #expect(allowed.isAllowed)
        #expect(allowed.rules[0].outcome == .admittedUncounted)
        #expect(allowed.rules[0].used == 0)
        #expect(store.usage(of: denying, for: try RateLimitKey("key-0"), at: .start).used == 1)
        #expect(store.statistics.refusedUncountedChecks == 2)
        #expect(store.statistics.admittedUncountedChecks == 1)
        // Three days later everything has ended and makes room.
        let later = RateLimitInstant.start.advanced(by: .seconds(3 * 86_400))
        #expect(store.decide(RateLimitCheck(denying, newKey), at: later).outcome == .admitted)
    }

    @Test("consumes nothing of the other rules when one finds no room")
    func staysAtomicWhenFull() throws {
        let store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
        let first = try RateLimitRule("first", quota: try Quota(limit: 1_000_000, .day))
        let second = try RateLimitRule("second", quota: try Quota(limit: 3, .day), algorithm: .fixedWindow)
        let known = try RateLimitKey("known")
        _ = store.decide(RateLimitCheck(first, known), at: .start)
        var number = 0
        while store.decide(RateLimitCheck(second, try RateLimitKey("key-\(number)")), at: .start).outcome == .admitted {
            number += 1
        }
        let before = store.usage(of: first, for: known, at: .start).used
        var denied = 0
        for number in 0..<50 {
            let checks = [RateLimitCheck(first, known), RateLimitCheck(second, try RateLimitKey("new-\(number)"))]
            let verdict = store.decide(checks, at: .start)
            if !verdict.isAllowed { denied += 1 }
        }
        let after = store.usage(of: first, for: known, at: .start).used
        #expect(denied > 0)
        #expect(after - before == Int64(50 - denied))
    }

    @Test("keeps the counter it is working on when the hit itself makes a sweep", arguments: [1, 2, 3])
    func sparesItsOwnRecord(_ checkCount: Int) throws {
        // Every number of keys is tried, so that some fill the last free cell whatever the layout.
        for keyCount in 1...150 {
            let store = try InProcessRateLimitStore(memoryBytes: 64 << 10)
            let rule = try RateLimitRule("own", quota: try Quota(limit: 9, per: 1, .second))
            let keys = try (0..<keyCount).map { try RateLimitKey("key-\($0)") }
            for key in keys { _ = store.decide(RateLimitCheck(rule, key), at: .start) }
            let later = RateLimitInstant.start.advanced(by: .seconds(2))
            let checks = keys.prefix(checkCount).map { RateLimitCheck(rule, $0) }
            let reservation = store.reserve(checks, at: later)
            try #require(reservation.verdict.isAllowed)
            for check in checks {
                try #require(store.usage(of: rule, for: check.key, at: later).used == 1, "\(keyCount) keys")
            }
            let end = later.advanced(by: .seconds(2))
            let lease = try #require(reservation.lease)
            _ = try store.settle(lease, actual: checks.map { _ in 4 }, at: end)
            for check in checks {
                try #require(store.usage(of: rule, for: check.key, at: end).used == 3, "\(keyCount) keys")
            }
            try #require(store.decide(checks[0], at: end).used == 4, "\(keyCount) keys")
        }
    }

    @Test("frees the cells of logs and long keys again")
    func freesChains() throws {
        let store = try InProcessRateLimitStore(memoryBytes: 256 << 10)
        let rule = try RateLimitRule("log", quota: try Quota(limit: 1_000, .second))
        let key = try RateLimitKey(String(repeating: "long", count: 500))
        for round in 0..<50 {
            for hit in 0..<900 {
                let now = RateLimitInstant(nanoseconds: Int64(round) * 5_000_000_000 + Int64(hit) * 1_000_000)
                try #require(store.decide(RateLimitCheck(rule, key), at: now).outcome == .admitted)
            }
            if round % 7 == 0 {
                #expect(
                    store.reset(rule, for: key, at: RateLimitInstant(nanoseconds: Int64(round) * 5_000_000_000 + 900_000_000)))
            }
        }
        #expect(store.statistics.counters == 0)
        #expect(store.statistics.usedBytes < 64 << 10)
    }

    @Test("refuses budgets out of range", arguments: [-1, 0, 65_535, Int.max])
    func refusesBudgets(_ bytes: Int) {
        #expect(throws: RateLimitError.self) { try InProcessRateLimitStore(memoryBytes: bytes) }
    }
}
