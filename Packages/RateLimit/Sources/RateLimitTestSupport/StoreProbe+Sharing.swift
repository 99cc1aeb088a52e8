import RateLimit

/// Counters that go on whatever window or rate the caller asks with.
extension StoreProbe {
    private func shared(_ limit: Int64, _ milliseconds: Int64) throws -> RateLimitRule {
        try RateLimitRule(
            "shared", quota: Quota(limit: limit, window: .milliseconds(milliseconds)), algorithm: .slidingLog,
            onStoreFailure: .closed, sharesWindows: true)
    }

    func sharesWindowsWithoutWiping() async throws {
        let hour = RateLimitCheck(try self.shared(5, 3_600_000), try self.key())
        for _ in 0..<5 { _ = try await self.store.decide([hour]) }
        try await self.subject.advance(.milliseconds(20))
        let brief = try await self.store.decide([RateLimitCheck(try self.shared(5, 1), try self.key())])
        try self.expect(brief.isAllowed && brief.rules[0].used == 1, "a window of 1 ms gave \(brief.rules[0])")
        try await self.subject.advance(.milliseconds(20))
        let verdict = try await self.store.decide([hour])
        try self.expect(
            !verdict.isAllowed && verdict.rules[0].used == 6, "after a window of 1 ms, the hour gave \(verdict.rules[0])")
    }

    func sharesWindowsCountingWithinEach() async throws {
        let hour = try self.shared(10, 3_600_000)
        let brief = try self.shared(10, 20)
        _ = try await self.store.decide([RateLimitCheck(hour, try self.key(), cost: 4)])
        try await self.subject.advance(.milliseconds(30))
        let second = try await self.store.decide([RateLimitCheck(hour, try self.key(), cost: 3)])
        try self.expect(second.rules[0].used == 7, "4 + 3 within an hour gave \(second.rules[0])")
        // A real clock may have gone on by more than 20 ms meanwhile; the older hit is certainly gone.
        let within = try await self.store.usage(of: brief, for: try self.key())
        try self.expect(within.used == 3 || within.used == 0, "within 20 ms \(within.used) are counted, not 3")
        try self.expect(within.resetAfter <= .milliseconds(21), "20 ms reset after \(within.resetAfter)")
        let usage = try await self.store.usage(of: hour, for: try self.key())
        try self.expect(usage.used == 7, "within an hour \(usage.used) are counted, not 7")
        let refused = try await self.store.decide([RateLimitCheck(hour, try self.key(), cost: 5)])
        try self.expect(
            (refused.retryAfter ?? .zero) > .seconds(3_500), "5 of 3 in an hour gave \(refused.rules[0])")
        let wasCounted = try await self.store.reset(brief, for: try self.key())
        let after = try await self.store.usage(of: hour, for: try self.key())
        try self.expect(after.used == 0, "a reset (\(wasCounted)) leaves \(after.used)")
    }

    func sharesWindowsWithLongerOnes() async throws {
        let minute = RateLimitCheck(try self.shared(5, 60_000), try self.key())
        for _ in 0..<5 { _ = try await self.store.decide([minute]) }
        let day = RateLimitCheck(try self.shared(6, 86_400_000), try self.key())
        let sixth = try await self.store.decide([day])
        try self.expect(sixth.isAllowed && sixth.rules[0].used == 6, "after 5 in a minute, a day gave \(sixth.rules[0])")
        let seventh = try await self.store.decide([day])
        try self.expect(
            !seventh.isAllowed && (seventh.retryAfter ?? .zero) > .seconds(86_000), "7 of 6 in a day gave \(seventh.rules[0])")
        let brief = RateLimitCheck(try self.shared(5, 1_000), try self.key("other"))
        let first = try await self.store.decide([brief])
        try self.expect(first.isAllowed && first.rules[0].used == 1, "another key shares the log")
        // Counted under an hour, the log keeps what a second would have let go.
        _ = try await self.store.decide([RateLimitCheck(try self.shared(5, 3_600_000), try self.key("other"))])
        try await self.subject.advance(.milliseconds(1_200))
        let kept = try await self.store.usage(of: try self.shared(5, 3_600_000), for: try self.key("other"))
        try self.expect(kept.used == 2, "after a second, \(kept.used) of 2 are counted in the hour")
    }

    func sharesWindowsInOneDecision() async throws {
        let checks = [
            RateLimitCheck(try self.shared(3, 60_000), try self.key()),
            RateLimitCheck(try self.shared(3, 3_600_000), try self.key()),
        ]
        let first = try await self.store.decide(checks)
        try self.expect(first.isAllowed && first.rules[1].used == 2, "1 + 1 of 3 gave \(first.rules[1])")
        let second = try await self.store.decide(checks)
        try self.expect(!second.isAllowed, "2 + 2 of 3 were admitted")
        let usage = try await self.store.usage(of: checks[0].rule, for: try self.key())
        try self.expect(usage.used == 2, "a refused decision was counted: \(usage.used)")
    }

    func sharesBucketsOfAnyRate() async throws {
        func check(_ capacity: Int64, _ refill: Int64, per seconds: Int64, cost: Int64 = 1) throws -> RateLimitCheck {
            let rule = try RateLimitRule(
                "bucket", quota: .bucket(capacity: capacity, refill: refill, per: seconds), algorithm: .tokenBucket,
                onStoreFailure: .closed)
            return try RateLimitCheck(rule, try self.key(), cost: cost)
        }
        let first = try await self.store.decide([check(16, 30, per: 7_200)])
        try self.expect(first.isAllowed && first.rules[0].remaining == 15, "1 of 16 gave \(first.rules[0])")
        // A token takes four minutes.
        let wait = first.rules[0].resetAfter
        try self.expect(wait > .seconds(239) && wait <= .seconds(240), "1 of 16 is reset after \(wait)")
        let rest = try await self.store.decide([check(16, 30, per: 7_200, cost: 15)])
        try self.expect(rest.isAllowed && rest.rules[0].remaining == 0, "15 of 15 gave \(rest.rules[0])")
        let refused = try await self.store.decide([check(16, 30, per: 7_200)])
        try self.expect(
            !refused.isAllowed && (refused.retryAfter ?? .zero) <= .seconds(240), "1 of 0 gave \(refused.rules[0])")
        // The debt is an hour and four minutes; at a token a second that is far more than 16.
        let faster = try await self.store.decide([check(16, 1, per: 1)])
        try self.expect(!faster.isAllowed && faster.rules[0].remaining == 0, "another rate gave \(faster.rules[0])")
    }
}
