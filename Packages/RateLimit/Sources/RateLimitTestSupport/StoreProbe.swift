import RateLimit

/// Runs one behaviour under one algorithm; windows last an hour, so that no edge falls into a run.
struct StoreProbe {
    let subject: StoreUnderTest
    let behaviour: StoreBehaviour
    let algorithm: RateLimitAlgorithm

    var store: any RateLimitStore { self.subject.store }

    func run() async throws {
        switch self.behaviour {
        case .admitsExactlyTheLimit: try await self.admitsExactlyTheLimit()
        case .countsCostsAndPeeks: try await self.countsCostsAndPeeks()
        case .refusesWhatCanNeverPass: try await self.refusesWhatCanNeverPass()
        case .keepsKeysApart: try await self.keepsKeysApart()
        case .keepsRulesApart: try await self.keepsRulesApart()
        case .decidesAllOrNothing: try await self.decidesAllOrNothing()
        case .addsUpChecksOfOneCounter: try await self.addsUpChecksOfOneCounter()
        case .watchesShadowRules: try await self.watchesShadowRules()
        case .namesTheLongestDenier: try await self.namesTheLongestDenier()
        case .admitsExactlyTheLimitConcurrently: try await self.admitsExactlyTheLimitConcurrently()
        case .consumesWhatItGrantsConcurrently: try await self.consumesWhatItGrantsConcurrently()
        case .resetsCounters: try await self.resetsCounters()
        case .settlesOnce: try await self.settlesOnce()
        case .settlesBeyondTheLimit: try await self.settlesBeyondTheLimit()
        case .followsALoweredLimit: try await self.followsALoweredLimit()
        case .admitsNothingUnderZero: try await self.admitsNothingUnderZero()
        case .admitsAgainExactlyAfterRetry: try await self.admitsAgainExactlyAfterRetry()
        case .forgetsAfterReset: try await self.forgetsAfterReset()
        case .sharesWindowsWithoutWiping: try await self.sharesWindowsWithoutWiping()
        case .sharesWindowsCountingWithinEach: try await self.sharesWindowsCountingWithinEach()
        case .sharesWindowsWithLongerOnes: try await self.sharesWindowsWithLongerOnes()
        case .sharesWindowsInOneDecision: try await self.sharesWindowsInOneDecision()
        case .sharesBucketsOfAnyRate: try await self.sharesBucketsOfAnyRate()
        }
    }

    func rule(_ name: String, _ limit: Int64, per multiple: Int64 = 1, _ unit: Quota.Unit = .hour, isShadow: Bool = false) throws
        -> RateLimitRule
    {
        try RateLimitRule(
            name, quota: Quota(limit: limit, per: multiple, unit), algorithm: self.algorithm, onStoreFailure: .closed,
            isShadow: isShadow
        )
    }

    func key(_ text: String = "") throws -> RateLimitKey {
        try RateLimitKey(self.subject.scope, "\(self.behaviour.rawValue)/\(self.algorithm.name)/\(text)")
    }

    func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        guard condition else {
            throw ConformanceFailure(description: "\(self.behaviour.rawValue) under \(self.algorithm.name): \(what())")
        }
    }
}

extension StoreProbe {
    func admitsExactlyTheLimit() async throws {
        let check = RateLimitCheck(try self.rule("probe", 5), try self.key())
        for taken in 1...5 {
            let verdict = try await self.store.decide([check])
            try self.expect(verdict.isAllowed && verdict.rules[0].used == taken, "call \(taken) gave \(verdict.rules[0])")
            try self.expect(verdict.rules[0].remaining == 5 - Int64(taken), "call \(taken) gave \(verdict.rules[0])")
        }
        let refused = try await self.store.decide([check])
        try self.expect(!refused.isAllowed && refused.rules[0].used == 5, "call 6 gave \(refused.rules[0])")
        try self.expect((refused.retryAfter ?? .zero) > .zero, "a refusal without a time to come back")
    }

    func countsCostsAndPeeks() async throws {
        let rule = try self.rule("probe", 10)
        let key = try self.key()
        let seven = try await self.store.decide([RateLimitCheck(rule, key, cost: 7)])
        try self.expect(seven.isAllowed && seven.rules[0].remaining == 3, "cost 7 of 10 gave \(seven.rules[0])")
        let peek = try await self.store.decide([RateLimitCheck(rule, key, cost: 0)])
        try self.expect(peek.isAllowed && peek.rules[0].remaining == 3, "a peek gave \(peek.rules[0])")
        let four = try await self.store.decide([RateLimitCheck(rule, key, cost: 4)])
        try self.expect(!four.isAllowed && four.rules[0].outcome == .exhausted, "cost 4 of 3 gave \(four.rules[0])")
        let three = try await self.store.decide([RateLimitCheck(rule, key, cost: 3)])
        try self.expect(three.isAllowed && three.rules[0].remaining == 0, "cost 3 of 3 gave \(three.rules[0])")
        let usage = try await self.store.usage(of: rule, for: key)
        try self.expect(usage.used == 10, "usage is \(usage.used)")
    }

    func refusesWhatCanNeverPass() async throws {
        let rule = try self.rule("probe", 10)
        for cost in [11, Int64(1) << 31, .max] {
            let verdict = try await self.store.decide([RateLimitCheck(rule, try self.key(), cost: cost)])
            try self.expect(verdict.canNeverPass && verdict.retryAfter == nil, "cost \(cost) of 10 gave \(verdict.rules[0])")
            try self.expect(verdict.rules[0].used == 0, "a refused cost was counted")
        }
    }

    func keepsKeysApart() async throws {
        let rule = try self.rule("probe", 1)
        let tuples = [
            ["a", "bc"], ["ab", "c"], ["abc"], ["a:bc"], ["a", "b", "c"], ["", "abc"], ["abc", ""], ["a\0bc"], ["é"],
            ["e\u{301}"],
        ]
        for parts in tuples {
            let bytes = ([self.subject.scope, self.behaviour.rawValue, self.algorithm.name] + parts).map { Array($0.utf8) }
            let verdict = try await self.store.decide([RateLimitCheck(rule, try RateLimitKey(parts: bytes))])
            try self.expect(verdict.isAllowed, "\(parts) shares a counter with a tuple before it")
        }
    }

    func keepsRulesApart() async throws {
        let key = try self.key()
        let rules = [
            try self.rule("probe", 1), try self.rule("probe-b", 1), try self.rule("probe", 1, per: 60, .minute),
            try self.rule("probe", 1, per: 2),
        ]
        for rule in rules {
            let verdict = try await self.store.decide([RateLimitCheck(rule, key)])
            try self.expect(verdict.isAllowed, "\(rule.name) \(rule.quota) shares a counter with a rule before it")
        }
    }

    func decidesAllOrNothing() async throws {
        let wide = try self.rule("wide", 10)
        let narrow = try self.rule("narrow", 2)
        let checks = [RateLimitCheck(wide, try self.key()), RateLimitCheck(narrow, try self.key())]
        for call in 0..<5 {
            let verdict = try await self.store.decide(checks)
            try self.expect(verdict.isAllowed == (call < 2), "call \(call) gave \(verdict.isAllowed)")
            guard call >= 2 else { continue }
            try self.expect(verdict.denierIndex == 1, "the denier is \(String(describing: verdict.denierIndex))")
        }
        let usage = try await self.store.usage(of: wide, for: try self.key())
        try self.expect(usage.used == 2, "refused calls consumed: \(usage.used) of the wide rule")
    }

    func addsUpChecksOfOneCounter() async throws {
        let rule = try self.rule("probe", 5)
        let check = try RateLimitCheck(rule, try self.key(), cost: 2)
        let two = try await self.store.decide([check, check])
        try self.expect(two.isAllowed && two.rules[1].used == 4, "2 + 2 of 5 gave \(two.rules[1])")
        let reset = try await self.store.reset(rule, for: try self.key())
        try self.expect(reset, "nothing was there to reset")
        let three = try await self.store.decide([check, check, check])
        try self.expect(!three.isAllowed && three.rules[0].used == 0, "2 + 2 + 2 of 5 gave \(three.isAllowed)")
    }

    func watchesShadowRules() async throws {
        let shadow = RateLimitCheck(try self.rule("shadow", 1, isShadow: true), try self.key())
        let enforced = RateLimitCheck(try self.rule("enforced", 3), try self.key())
        for call in 0..<5 {
            let verdict = try await self.store.decide([shadow, enforced])
            try self.expect(verdict.isAllowed == (call < 3), "call \(call) gave \(verdict.isAllowed)")
            try self.expect(verdict.rules[0].wouldDeny == (call > 0), "call \(call): shadow says \(verdict.rules[0])")
            try self.expect(verdict.rules[0].used == 1, "a shadow rule counted beyond its limit: \(verdict.rules[0].used)")
        }
    }

    func namesTheLongestDenier() async throws {
        let short = RateLimitCheck(try self.rule("short", 1, per: 30, .minute), try self.key())
        let long = RateLimitCheck(try self.rule("long", 1, per: 5), try self.key())
        _ = try await self.store.decide([short, long])
        let verdict = try await self.store.decide([short, long])
        try self.expect(
            verdict.deniers.count == 2 && verdict.denierIndex == 1, "the denier is \(String(describing: verdict.denier))")
        let never = try RateLimitCheck(try self.rule("never", 1, .minute), try self.key(), cost: 2)
        let third = try await self.store.decide([short, never, long])
        try self.expect(third.denierIndex == 1 && third.retryAfter == nil, "what can never pass is the longest wait")
    }

    func resetsCounters() async throws {
        let rule = try self.rule("probe", 1)
        let before = try await self.store.reset(rule, for: try self.key())
        try self.expect(!before, "something was counted before the first call")
        _ = try await self.store.decide([RateLimitCheck(rule, try self.key())])
        let after = try await self.store.reset(rule, for: try self.key())
        try self.expect(after, "nothing was counted after a call")
        let verdict = try await self.store.decide([RateLimitCheck(rule, try self.key())])
        try self.expect(verdict.isAllowed, "the limit is not free after a reset")
    }

    func followsALoweredLimit() async throws {
        let rule = try self.rule("probe", 10)
        let lowered = rule.withQuota(try rule.quota.withLimit(4))
        _ = try await self.store.decide([RateLimitCheck(rule, try self.key(), cost: 10)])
        let verdict = try await self.store.decide([RateLimitCheck(lowered, try self.key())])
        try self.expect(!verdict.isAllowed && verdict.rules[0].remaining == 0, "a lowered limit gave \(verdict.rules[0])")
    }

    func admitsNothingUnderZero() async throws {
        let verdict = try await self.store.decide([RateLimitCheck(try self.rule("probe", 0), try self.key())])
        try self.expect(verdict.canNeverPass && verdict.rules[0].remaining == 0, "limit 0 gave \(verdict.rules[0])")
    }

    func admitsAgainExactlyAfterRetry() async throws {
        let check = try RateLimitCheck(try self.rule("probe", 7), try self.key(), cost: 3)
        for _ in 0..<2 { _ = try await self.store.decide([check]) }
        let refused = try await self.store.decide([check])
        guard let wait = refused.retryAfter else { return try self.expect(false, "cost 3 of 1 gave \(refused.rules[0])") }
        try await self.subject.advance(wait)
        let verdict = try await self.store.decide([check])
        try self.expect(verdict.isAllowed, "still refused after \(wait): \(verdict.rules[0])")
    }

    func forgetsAfterReset() async throws {
        let rule = try self.rule("probe", 7)
        let verdict = try await self.store.decide([RateLimitCheck(rule, try self.key(), cost: 5)])
        try await self.subject.advance(verdict.rules[0].resetAfter)
        let usage = try await self.store.usage(of: rule, for: try self.key())
        try self.expect(usage.used == 0 && usage.remaining == 7, "\(usage.used) are still counted")
    }
}
