import RateLimit
import Testing

@Suite("Extreme values")
struct ExtremeValueTests {
    static let limits: [Int64] = [0, 1, 2, 1 << 31, .max - 1, .max]
    static let costs: [Int64] = [0, 1, 2, 1 << 31, 1 << 62, .max - 1, .max]
    static let windows: [Int64] = [1, 60_000, Quota.maximumWindowMilliseconds]
    static let instants: [Int64] = [.min, -1, 0, 1, 1 << 62, .max]

    @Test("answers any cost, limit, window and time without a trap", arguments: RateLimitAlgorithm.allCases)
    func answers(_ algorithm: RateLimitAlgorithm) throws {
        for limit in Self.limits {
            for window in Self.windows {
                let rule = try RateLimitRule(
                    "extreme", quota: try Quota(limit: limit, window: .milliseconds(window)), algorithm: algorithm)
                let store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
                let key = try RateLimitKey("key")
                for instant in Self.instants {
                    for cost in Self.costs {
                        let now = RateLimitInstant(nanoseconds: instant)
                        let check = try RateLimitCheck(rule, key, cost: cost)
                        let reservation = store.reserve([check, check], at: now)
                        let verdict = reservation.verdict.rules[0]
                        #expect((0...limit).contains(verdict.remaining))
                        #expect(verdict.used >= 0)
                        #expect(verdict.resetAfter >= .zero)
                        if cost > limit { #expect(verdict.outcome == .costExceedsLimit && verdict.retryAfter == nil) }
                        if verdict.outcome == .exhausted { #expect(verdict.retryAfter ?? .zero > .zero) }
                        if let lease = reservation.lease {
                            for actual in [Int64.max, 0] { _ = try store.settle(lease, actual: [actual, .max], at: now) }
                        }
                    }
                }
                _ = store.counters(limit: 10, at: .start)
            }
        }
    }

    @Test("answers under a limit that was lowered to nothing while units are counted", arguments: RateLimitAlgorithm.allCases)
    func loweredToNothing(_ algorithm: RateLimitAlgorithm) throws {
        let rule = try RateLimitRule("extreme", quota: try Quota(limit: 9, .minute), algorithm: algorithm)
        let nothing = rule.withQuota(try rule.quota.withLimit(0))
        let store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
        let key = try RateLimitKey("key")
        let lease = try #require(store.reserve([try RateLimitCheck(nothing, key, cost: 0)], at: .start).lease)
        _ = store.decide(try RateLimitCheck(rule, key, cost: 5), at: .start)
        for cost in [0, 1, Int64.max] {
            let verdict = store.decide(try RateLimitCheck(nothing, key, cost: cost), at: .start)
            #expect(verdict.isAdmitted == (cost == 0) && verdict.remaining == 0)
        }
        #expect(store.usage(of: nothing, for: key, at: .start).remaining == 0)
        #expect(try store.settle(lease, actual: [7], at: .start) == .settled)
    }

    @Test("refuses a negative cost", arguments: [-1, Int64.min])
    func refusesNegative(_ cost: Int64) throws {
        let rule = try RateLimitRule("extreme", quota: try Quota(limit: 1, .minute))
        let error = #expect(throws: RateLimitError.self) { try RateLimitCheck(rule, try RateLimitKey("key"), cost: cost) }
        #expect(error?.code == .invalidCost)
    }

    @Test("decides over more rules than stand inline", arguments: [0, 1, 8, 9, 40])
    func decidesOverMany(_ count: Int) throws {
        let store = try InProcessRateLimitStore(memoryBytes: 256 << 10)
        let quota = try Quota(limit: 2, .hour)
        let checks = try (0..<count).map {
            RateLimitCheck(try RateLimitRule("rule-\($0)", quota: quota), try RateLimitKey("key"))
        }
        for call in 0..<3 {
            let verdict = store.decide(checks, at: .start)
            #expect(verdict.isAllowed == (call < 2 || count == 0))
            #expect(verdict.rules.count == count)
            #expect(verdict.rules.map(\.rule) == checks.map(\.rule.name))
        }
    }

    @Test("neither traps nor frees quota when the time runs backwards", arguments: RateLimitAlgorithm.allCases)
    func backwards(_ algorithm: RateLimitAlgorithm) throws {
        let store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
        let rule = try RateLimitRule("clock", quota: try Quota(limit: 3, .minute), algorithm: algorithm)
        let check = RateLimitCheck(rule, try RateLimitKey("key"))
        let hour = RateLimitInstant.start.advanced(by: .seconds(3_600))
        for _ in 0..<2 { #expect(store.decide(check, at: hour).isAdmitted) }
        // What was free before the step stays free, and no more.
        #expect(store.decide(check, at: .start).isAdmitted)
        let refused = store.decide(check, at: .start)
        #expect(!refused.isAdmitted)
        // The wait counts from the caller's own time.
        let retry = try #require(refused.retryAfter)
        #expect(retry > .seconds(3_600))
        #expect(store.decide(check, at: RateLimitInstant.start.advanced(by: retry)).isAdmitted)
    }
}
