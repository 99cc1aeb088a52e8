import NIOCore
import RateLimit
import RateLimitRedis
import TestKit
import Testing

// One after the other: every test has a server of its own, and a process can watch only so many children at once.
@Suite("Prescribed log, as observers see it", .serialized)
struct CheckLayoutTests {
    private let layouts = RedisRateLimitConfiguration.patient(["check": .check])

    /// The two ways to ask about one unit.
    enum Way: CaseIterable, Sendable {
        case fast, general

        func decide(_ check: RateLimitCheck, _ parts: LimitOverride.Parts = [], in fixture: StoreFixture) async throws
            -> ResolvedVerdict
        {
            let check = OverridableCheck(check, overridable: parts)
            switch self {
            case .fast: return try await fixture.hit(check)
            case .general:
                let decision = try await fixture.store.decide([check])
                return ResolvedVerdict(rule: decision.verdict.rules[0], quota: decision.quotas[0])
            }
        }
    }

    @Test("keeps the prescribed keys, members and times to live: 3 in 60 s, then blocked for 60 s", arguments: Way.allCases)
    func prescribedVector(_ way: Way) async throws {
        try await withStore(self.layouts, movesClock: false) { fixture in
            let check = RateLimitCheck(try .check(3), try RateLimitKey("user:1"))
            for taken in 1...3 {
                let verdict = try await way.decide(check, in: fixture).rule
                #expect(verdict.isAdmitted && verdict.used == Int64(taken) && verdict.remaining == Int64(3 - taken))
            }
            #expect(try await fixture.cli("TTL", "ratelimit:user:1") == "61")
            #expect(try await fixture.cli("TTL", "ratelimit:user:1:seq") == "61")
            let blocked = try await way.decide(check, in: fixture).rule
            #expect(!blocked.isAdmitted && blocked.used == 3 && blocked.remaining == 0)
            let wait = try #require(blocked.retryAfter)
            #expect(wait > .seconds(59) && wait <= .seconds(60))
            #expect(try await fixture.cli("TYPE", "ratelimit:user:1") == "zset")
            #expect(try await fixture.cli("ZCARD", "ratelimit:user:1") == "3")
            #expect(try await fixture.cli("GET", "ratelimit:user:1:seq") == "3")
            let rows = try await fixture.cli("ZRANGE", "ratelimit:user:1", "0", "-1", "WITHSCORES").split(separator: "\n")
            for (number, row) in stride(from: 0, to: rows.count, by: 2).enumerated() {
                #expect(rows[row] == "\(rows[row + 1]):\(number + 1)")
            }
            #expect(try await fixture.cli("KEYS", "ratelimiter:*") == "")
            #expect(try await keysWithoutExpiry(fixture) == ["gatehouse:limiter:index"])
        }
    }

    @Test("counts members that others put in", arguments: Way.allCases)
    func foreignMembers(_ way: Way) async throws {
        try await withStore(self.layouts) { fixture in
            let check = RateLimitCheck(try .check(3), try RateLimitKey("k"))
            let now = fixture.clock.milliseconds
            try await fixture.cli("ZADD", "ratelimit:k", "\(now - 30_000)", "\(now - 30_000):probe", "\(now)", "\(now):x")
            let third = try await way.decide(check, in: fixture).rule
            #expect(third.isAdmitted && third.used == 3)
            let blocked = try await way.decide(check, in: fixture).rule
            #expect(!blocked.isAdmitted && blocked.retryAfter == .seconds(30))
            try await fixture.clock.advance(by: .seconds(30))
            #expect(try await way.decide(check, in: fixture).rule.isAdmitted)
            #expect(try await fixture.cli("ZCARD", "ratelimit:k") == "3")
        }
    }

    @Test("bears scores that no clock gives", arguments: Way.allCases, ["+inf", "-inf", "1e300", "-5.5", "1795000000000.5"])
    func strangeScores(_ way: Way, _ score: String) async throws {
        try await withStore(self.layouts) { fixture in
            let check = RateLimitCheck(try .check(1), try RateLimitKey("k"))
            try await fixture.cli("ZADD", "ratelimit:k", score, "odd")
            for _ in 0..<2 { _ = try await way.decide(check, in: fixture) }
            #expect(try await fixture.store.usage(of: check.rule, for: check.key).used >= 1)
            _ = try await fixture.store.listCounters(limit: 10, default: check.rule.quota)
        }
    }

    @Test("is not wiped by a call with a short window, and forgets beyond the longest one", arguments: Way.allCases)
    func shortWindows(_ way: Way) async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey("k")
            let minute = RateLimitCheck(try .check(3), key)
            for _ in 0..<3 { _ = try await way.decide(minute, in: fixture) }
            try await fixture.clock.advance(by: .seconds(10))
            let brief = try await way.decide(RateLimitCheck(try .check(3, 1), key), in: fixture).rule
            #expect(brief.isAdmitted && brief.used == 1)
            #expect(try await way.decide(minute, in: fixture).rule.used == 4)
            #expect(try await fixture.cli("TTL", "ratelimit:k") == "61")
            try await fixture.clock.advance(by: .seconds(50))
            #expect(try await way.decide(minute, in: fixture).rule.used == 2)
            #expect(try await fixture.cli("ZCARD", "ratelimit:k") == "2")
        }
    }

    @Test("lets a stored override hold where the call leaves limit or window open", arguments: Way.allCases)
    func overrides(_ way: Way) async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey("k")
            let stored = try await fixture.store.setOverride(limit: 2, windowMilliseconds: 3_600_000, of: key)
            #expect(stored == LimitOverride(limit: 2, windowMilliseconds: 3_600_000))
            #expect(try await fixture.cli("HGETALL", "ratelimit:limit:k") == "limit\n2\nwindow_ms\n3600000")
            #expect(try await fixture.cli("TTL", "ratelimit:limit:k") == "-1")
            let check = RateLimitCheck(try .check(100), key)
            let first = try await way.decide(check, .all, in: fixture)
            #expect(first.quota.limit == 2 && first.quota.windowMilliseconds == 3_600_000 && first.rule.limit == 2)
            #expect(try await fixture.cli("TTL", "ratelimit:k") == "3601")
            try await fixture.clock.advance(by: .seconds(120))
            let plain = try await way.decide(check, in: fixture)
            #expect(plain.quota.limit == 100 && plain.rule.used == 1)
            let blocked = try await way.decide(check, .all, in: fixture).rule
            #expect(!blocked.isAdmitted && blocked.used == 2 && blocked.retryAfter == .seconds(3_480))
            let limitOnly = try await way.decide(check, .limit, in: fixture)
            #expect(limitOnly.quota.limit == 2 && limitOnly.quota.windowMilliseconds == 60_000 && limitOnly.rule.used == 2)
            let windowOnly = try await way.decide(check, .window, in: fixture)
            #expect(windowOnly.quota.limit == 100 && windowOnly.quota.windowMilliseconds == 3_600_000)
            #expect(windowOnly.rule.used == 4)
            #expect(
                try await fixture.store.setOverride(limit: 9, windowMilliseconds: nil, of: key).windowMilliseconds == 3_600_000)
            #expect(try await fixture.store.override(of: key)?.limit == 9)
            #expect(try await fixture.store.override(of: RateLimitKey("none")) == nil)
        }
    }

    @Test("keeps what an override with a long window needs, though the first call asks for a short one", arguments: Way.allCases)
    func longOverride(_ way: Way) async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey("k")
            try await fixture.cli("HSET", "ratelimit:limit:k", "limit", "2", "window_ms", "3600000")
            for _ in 0..<2 {
                _ = try await way.decide(RateLimitCheck(try .check(5, 1_000), key), in: fixture)
                try await fixture.clock.advance(by: .seconds(5))
            }
            let hour = try await way.decide(RateLimitCheck(try .check(5), key), .all, in: fixture).rule
            #expect(!hour.isAdmitted && hour.used == 2)
        }
    }

    @Test(
        "ignores garbage in an override", arguments: Way.allCases,
        [("x", "y"), ("-1", "0"), ("1.5", "-3"), ("", " 5"), ("99999999999999999999", "99999999999999999999")])
    func garbageOverrides(_ way: Way, _ stored: (limit: String, window: String)) async throws {
        try await withStore(self.layouts) { fixture in
            try await fixture.cli("HSET", "ratelimit:limit:k", "limit", stored.limit, "window_ms", stored.window)
            let check = RateLimitCheck(try .check(7), try RateLimitKey("k"))
            let verdict = try await way.decide(check, .all, in: fixture)
            #expect(verdict.quota == check.rule.quota)
            #expect(try await fixture.store.override(of: check.key) == nil)
        }
    }

    @Test("blocks under a limit of 0, with nothing remaining and no time to come back", arguments: Way.allCases)
    func zero(_ way: Way) async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey("k")
            _ = try await way.decide(RateLimitCheck(try .check(5), key), in: fixture)
            let blocked = try await way.decide(RateLimitCheck(try .check(0), key), in: fixture).rule
            #expect(blocked.outcome == .costExceedsLimit && blocked.used == 1 && blocked.remaining == 0)
            #expect(blocked.retryAfter == nil)
        }
    }

    @Test("answers limits up to the greatest number", arguments: Way.allCases)
    func greatLimits(_ way: Way) async throws {
        try await withStore(self.layouts) { fixture in
            let longest = Quota.maximumWindowMilliseconds
            let verdict = try await way.decide(RateLimitCheck(try .check(.max, longest), try RateLimitKey("k")), in: fixture)
            #expect(verdict.rule.isAdmitted && verdict.rule.limit == 1 << 50 && verdict.rule.remaining == 1 << 50 - 1)
            #expect(try await fixture.cli("TTL", "ratelimit:k") == "\(longest / 1_000 + 1)")
        }
    }

    @Test("has one member per unit, and says when a cost is too great for that")
    func costs() async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey("k")
            let rule = try RateLimitRule.check(100_000)
            _ = try await fixture.store.decide([RateLimitCheck(rule, key, cost: 2_500)])
            #expect(try await fixture.cli("ZCARD", "ratelimit:k") == "2500")
            #expect(try await fixture.cli("GET", "ratelimit:k:seq") == "2500")
            await #expect(throws: RateLimitError(.invalidCost, message: "")) {
                try await fixture.store.decide([RateLimitCheck(rule, key, cost: 10_001)])
            }
            await #expect(throws: RateLimitError(.invalidCost, message: "")) {
                try await fixture.store.decide([
                    RateLimitCheck(rule, key, cost: 6_000), RateLimitCheck(rule, RateLimitKey("l"), cost: 6_000),
                ])
            }
            let never = try await fixture.store.decide([RateLimitCheck(try .check(5), key, cost: 20_000)])
            #expect(never.canNeverPass)
            #expect(try await fixture.store.usage(of: rule, for: key).used == 2_500)
        }
    }

    @Test("refuses keys that read like its own", arguments: ["a:seq", ":seq", "limit", "limit:", "limit:a"])
    func reservedKeys(_ text: String) async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey(text)
            #expect(RedisRateLimitStore.isReserved(key))
            for way in Way.allCases {
                await #expect(throws: RateLimitError(.invalidKey, message: "")) {
                    try await way.decide(RateLimitCheck(try .check(5), key), in: fixture)
                }
            }
            #expect(try await fixture.cli("KEYS", "ratelimit*") == "")
        }
    }

    @Test("agree with each other at every step, whatever limit, window and override")
    func waysAgree() async throws {
        try await withStore(self.layouts) { fixture in
            var random = SeededGenerator(seed: TestRun.seed)
            let keys = [try RateLimitKey("fast"), try RateLimitKey("general")]
            for step in 0..<TestRun.count(400, long: 20_000) {
                let rule = try RateLimitRule.check(
                    .random(in: 0...6, using: &random), [5, 1_000, 60_000, 600_001].randomElement(using: &random) ?? 1)
                let parts = LimitOverride.Parts(rawValue: .random(in: 0...3, using: &random))
                if Int.random(in: 0..<10, using: &random) == 0 {
                    let limit = Int64.random(in: 0...9, using: &random)
                    let window = [Int64(1), 2_000, 90_000, 3_600_000].randomElement(using: &random)
                    for key in keys { try await fixture.store.setOverride(limit: limit, windowMilliseconds: window, of: key) }
                }
                let fast = try await Way.fast.decide(RateLimitCheck(rule, keys[0]), parts, in: fixture)
                let general = try await Way.general.decide(RateLimitCheck(rule, keys[1]), parts, in: fixture)
                try #require(
                    fast.quota == general.quota && fast.rule.outcome == general.rule.outcome
                        && fast.rule.used == general.rule.used
                        && fast.rule.remaining == general.rule.remaining && fast.rule.retryAfter == general.rule.retryAfter,
                    "step \(step): \(fast) or \(general)")
                try await fixture.clock.advance(by: .milliseconds([0, 0, 1, 4, 300, 20_000].randomElement(using: &random) ?? 0))
            }
        }
    }

    @Test("admits exactly the limit from many callers of three nodes", arguments: Way.allCases)
    func exactlyN(_ way: Way) async throws {
        try await withStore(self.layouts, movesClock: false, loopCount: 3) { fixture in
            let stores = try (0..<3).map { _ in try RedisRateLimitStore(client: fixture.client, configuration: self.layouts) }
            let check = RateLimitCheck(try .check(40, 3_600_000), try RateLimitKey("k"))
            let admitted = try await withThrowingTaskGroup(of: Int.self) { tasks in
                for caller in 0..<15 {
                    let node = StoreFixture(
                        store: stores[caller % 3], client: fixture.client, server: fixture.server, clock: fixture.clock,
                        loop: fixture.loop)
                    tasks.addTask {
                        var admitted = 0
                        for _ in 0..<20 where try await way.decide(check, in: node).rule.isAdmitted { admitted += 1 }
                        return admitted
                    }
                }
                return try await tasks.reduce(0, +)
            }
            #expect(admitted == 40)
            #expect(try await fixture.cli("ZCARD", "ratelimit:k") == "40")
        }
    }

    @Test("keeps other algorithms of a key beside the log, and forgets them together")
    func otherAlgorithms() async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey("k")
            try await fixture.store.setOverride(limit: 2, windowMilliseconds: 5_000, of: key)
            for algorithm in RateLimitAlgorithm.allCases {
                let check = OverridableCheck(RateLimitCheck(try .check(100, 60_000, algorithm), key), overridable: .all)
                for call in 0..<3 {
                    let decision = try await fixture.store.decide([check])
                    #expect(decision.verdict.isAllowed == (call < 2), "\(algorithm) call \(call)")
                    #expect(decision.quotas[0].limit == 2 && decision.quotas[0].windowMilliseconds == 5_000)
                }
            }
            #expect(try await fixture.cli("TYPE", "gatehouse:check:k") == "hash")
            #expect(try await fixture.cli("HLEN", "gatehouse:check:k") == "3")
            #expect(try await fixture.cli("TTL", "gatehouse:check:k") != "-1")
            #expect(try await fixture.store.resetCheck(key))
            #expect(try await !fixture.store.resetCheck(key))
            #expect(
                try await fixture.cli("KEYS", "*k*").split(separator: "\n").sorted() == [
                    "gatehouse:test:clock", "ratelimit:limit:k",
                ])
            #expect(try await fixture.store.liveKeyCount() == 0)
        }
    }
}
