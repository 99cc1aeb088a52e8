import RateLimit
import TestKit
import Testing

@Suite("Logs that all windows share")
struct SharedWindowTests {
    let store: InProcessRateLimitStore
    let key: RateLimitKey

    init() throws {
        self.store = try InProcessRateLimitStore(memoryBytes: 256 << 10)
        self.key = try RateLimitKey("key")
    }

    private func rule(_ limit: Int64, _ milliseconds: Int64) throws -> RateLimitRule {
        try RateLimitRule("shared", quota: try Quota(limit: limit, window: .milliseconds(milliseconds)), sharesWindows: true)
    }

    private func at(_ milliseconds: Int64) -> RateLimitInstant { RateLimitInstant(nanoseconds: milliseconds * 1_000_000) }

    @Test("a window of a millisecond neither wipes the history nor sees it")
    func keepsHistory() throws {
        let minute = try self.rule(3, 60_000)
        for second in 0..<3 {
            #expect(self.store.decide(RateLimitCheck(minute, self.key), at: self.at(Int64(second) * 1_000)).isAdmitted)
        }
        let brief = self.store.decide(RateLimitCheck(try self.rule(3, 1), self.key), at: self.at(5_000))
        #expect(brief.isAdmitted && brief.used == 1)
        let refused = self.store.decide(RateLimitCheck(minute, self.key), at: self.at(6_000))
        #expect(refused.outcome == .exhausted && refused.used == 4)
        // Two must leave: those of 0 s and 1 s.
        #expect(refused.retryAfter == .seconds(55))
        #expect(refused.resetAfter == .seconds(59))
    }

    @Test("tells waits of the window that is asked for")
    func tellsWaits() throws {
        let hour = try self.rule(100, 3_600_000)
        for second in [0, 10, 20, 30] {
            _ = self.store.decide(try RateLimitCheck(hour, self.key, cost: 2), at: self.at(Int64(second) * 1_000))
        }
        let verdict = self.store.decide(try RateLimitCheck(try self.rule(5, 15_000), self.key, cost: 3), at: self.at(31_000))
        #expect(verdict.outcome == .exhausted && verdict.used == 4 && verdict.remaining == 1)
        #expect(verdict.retryAfter == .seconds(4))
        #expect(verdict.replenishAfter == .seconds(4))
        #expect(verdict.resetAfter == .seconds(14))
    }

    @Test("keeps hits for the longest window that was counted, not for one that was refused or looked with")
    func growsWhenCounted() throws {
        let second = try self.rule(1, 1_000)
        let hour = try self.rule(1, 3_600_000)
        #expect(self.store.decide(RateLimitCheck(second, self.key), at: self.at(0)).isAdmitted)
        #expect(!self.store.decide(RateLimitCheck(hour, self.key), at: self.at(500)).isAdmitted)
        #expect(self.store.usage(of: hour, for: self.key, at: self.at(999)).used == 1)
        #expect(self.store.usage(of: hour, for: self.key, at: self.at(1_000)).used == 0)
        #expect(self.store.decide(RateLimitCheck(hour, self.key), at: self.at(1_000)).isAdmitted)
        #expect(self.store.decide(RateLimitCheck(second, self.key), at: self.at(2_000)).isAdmitted)
        #expect(self.store.usage(of: hour, for: self.key, at: self.at(3_600_999)).used == 2)
        #expect(self.store.counters(limit: 9, at: self.at(3_600_000)).counters.map(\.windowMilliseconds) == [3_600_000])
        // All are gone, so the next hit's window is the longest again.
        #expect(self.store.decide(RateLimitCheck(second, self.key), at: self.at(9_000_000)).isAdmitted)
        let listed = self.store.counters(limit: 9, at: self.at(9_000_000)).counters
        #expect(listed.map(\.windowMilliseconds) == [1_000] && listed.map(\.sharesWindows) == [true])
    }

    @Test("makes room for others when a log that kept hits for long is empty and takes short ones")
    func reclaimsShrunkLogs() throws {
        let day = try self.rule(9, 86_400_000)
        let second = try self.rule(9, 1_000)
        var keys: [RateLimitKey] = []
        while true {
            let key = try RateLimitKey("key-\(keys.count)")
            guard self.store.decide(RateLimitCheck(day, key), at: self.at(0)).outcome == .admitted else { break }
            keys.append(key)
        }
        for key in keys { _ = self.store.decide(RateLimitCheck(second, key), at: self.at(86_400_000)) }
        // The one that found its shard full.
        let other = RateLimitCheck(day, try RateLimitKey("key-\(keys.count)"))
        #expect(self.store.decide(other, at: self.at(86_400_999)).outcome == .refusedUncounted)
        #expect(self.store.decide(other, at: self.at(86_401_001)).outcome == .admitted)
    }

    @Test("only a sliding log can share windows", arguments: [RateLimitAlgorithm.fixedWindow, .slidingCounter, .tokenBucket])
    func refuses(_ algorithm: RateLimitAlgorithm) throws {
        let quota = try Quota(limit: 1, .second)
        #expect(throws: RateLimitError(.invalidRule, message: "")) {
            try RateLimitRule("shared", quota: quota, algorithm: algorithm, sharesWindows: true)
        }
    }

    @Test("counts apart from a rule of the same name and window that shares nothing")
    func countsApart() throws {
        let plain = try RateLimitRule("shared", quota: try Quota(limit: 1, window: .milliseconds(1_000)))
        let shared = try self.rule(1, 1_000)
        #expect(!plain.sharesWindows && shared.sharesWindows && shared.withQuota(plain.quota).sharesWindows)
        #expect(self.store.decide(RateLimitCheck(plain, self.key), at: self.at(0)).isAdmitted)
        #expect(self.store.decide(RateLimitCheck(shared, self.key), at: self.at(0)).isAdmitted)
    }

    @Test("finds long keys again after the index has grown and windows have changed")
    func survivesRebuilds() throws {
        let store = try InProcessRateLimitStore(memoryBytes: 4 << 20)
        let keys = try (0..<3_000).map { try RateLimitKey(String(repeating: "k", count: $0 % 50), "\($0)") }
        for (number, key) in keys.enumerated() {
            _ = store.decide(RateLimitCheck(try self.rule(9, Int64(number + 1)), key), at: self.at(0))
            _ = store.decide(RateLimitCheck(try self.rule(9, 60_000), key), at: self.at(0))
        }
        #expect(store.statistics.counters == keys.count)
        for key in keys {
            #expect(store.usage(of: try self.rule(9, 7), for: key, at: self.at(0)).used == 2)
            #expect(store.reset(try self.rule(1, 1), for: key, at: self.at(0)))
        }
        #expect(store.statistics.counters == 0)
    }

    @Test("agrees with a plain list through windows, limits, settlements and time")
    func agreesWithList() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        var list = SharedLogOracle()
        var leases: [(lease: RateLimitLease, stamp: Int64, cost: Int64)] = []
        var now: Int64 = 0
        let windows: [Int64] = [1, 2, 50, 1_000, 1_000, 7_001, 60_000]
        for step in 0..<TestRun.count(30_000, long: 1_000_000) {
            let pauses: [Int64] = [0, 0, 1, 999, 1_000_000, 50_000_000, Int64.random(in: 0...3_000_000_000, using: &generator)]
            now += pauses.randomElement(using: &generator) ?? 0
            if step % 700 == 699 {
                now += 61_000_000_000
                leases = []
            }
            let instant = RateLimitInstant(nanoseconds: now)
            let window = windows.randomElement(using: &generator) ?? 1
            let rule = try self.rule(Int64.random(in: 0...60, using: &generator), window)
            let costs: [Int64] = [0, 1, 1, 1, 2, 5, 130]
            let cost = costs.randomElement(using: &generator) ?? 1
            let context: Comment = "seed \(generator.seed), step \(step), \(rule.quota), cost \(cost), at \(now)"
            list.prune(at: now)
            if step % 5 == 4, let place = leases.indices.randomElement(using: &generator) {
                let (lease, stamp, cost) = leases.remove(at: place)
                let actual = Int64.random(in: 0...cost, using: &generator)
                _ = try self.store.settle(lease, actual: [actual], at: instant)
                list.refund(cost - actual, stamp: stamp)
            } else {
                let reservation = self.store.reserve([try RateLimitCheck(rule, self.key, cost: cost)], at: instant)
                let verdict = reservation.verdict.rules[0]
                let fits = cost == 0 || cost <= rule.quota.limit && list.used(window, at: now) + cost <= rule.quota.limit
                try #require(verdict.isAdmitted == fits, context)
                if fits, cost > 0 { list.add(cost, window, at: now) }
                if let lease = reservation.lease, cost > 0 { leases.append((lease, (now + 999) / 1_000, cost)) }
                try list.check(verdict, rule.quota, cost: cost, at: now, context)
            }
            let usage = self.store.usage(of: rule, for: self.key, at: instant)
            try list.check(usage, rule.quota, cost: 0, at: now, context)
        }
    }
}

/// A slow account of one log: all hits that it must know, and for how long.
private struct SharedLogOracle {
    private var entries: [(stamp: Int64, units: Int64)] = []
    private var longest: Int64 = 0
    /// Whether a hit was given back whole; the log still waits for it before it calls itself reset.
    private var hasEmptyHits = false

    func used(_ milliseconds: Int64, at now: Int64) -> Int64 {
        self.entries.reduce(0) { $0 + ($1.stamp * 1_000 + milliseconds * 1_000_000 > now ? $1.units : 0) }
    }

    mutating func prune(at now: Int64) {
        let longest = self.longest * 1_000_000
        self.entries.removeAll { $0.stamp * 1_000 + longest <= now || $0.units == 0 }
        if self.entries.isEmpty { self.hasEmptyHits = false }
    }

    mutating func add(_ units: Int64, _ milliseconds: Int64, at now: Int64) {
        self.longest = self.entries.isEmpty ? milliseconds : max(self.longest, milliseconds)
        self.entries.append(((now + 999) / 1_000, units))
    }

    mutating func refund(_ units: Int64, stamp: Int64) {
        var left = units
        for place in self.entries.indices where self.entries[place].stamp == stamp && left > 0 {
            let returned = min(left, self.entries[place].units)
            self.entries[place].units -= returned
            left -= returned
            if self.entries[place].units == 0 { self.hasEmptyHits = true }
        }
    }

    /// Each wait is the first nanosecond at which its promise holds for the window that was asked with.
    func check(_ verdict: RuleVerdict, _ quota: Quota, cost: Int64, at now: Int64, _ context: Comment) throws {
        let used = self.used(quota.windowMilliseconds, at: now)
        func counted(after wait: Duration, less: Int64 = 0) -> Int64 {
            self.used(quota.windowMilliseconds, at: now + wait.saturatedNanoseconds - less)
        }
        try #require(verdict.used == used, context)
        try #require(verdict.remaining == max(quota.limit - used, 0), context)
        try #require(counted(after: verdict.resetAfter) == 0, context)
        if used > 0 {
            try #require(self.hasEmptyHits || counted(after: verdict.resetAfter, less: 1) > 0, context)
            let bound = quota.limit - verdict.remaining - 1
            if bound >= 0 {
                try #require(counted(after: verdict.replenishAfter) <= bound, context)
                try #require(counted(after: verdict.replenishAfter, less: 1) > bound, context)
            }
        }
        guard verdict.outcome == .exhausted else { return }
        let retry = try #require(verdict.retryAfter, context)
        try #require(counted(after: retry) + cost <= quota.limit, context)
        try #require(counted(after: retry, less: 1) + cost > quota.limit, context)
    }
}
