import RateLimit

/// Answers while the shared store gives none, as the policy says (DESIGN §5).
///
/// `local` counts in a table of this node with `max(1, ⌊limit ÷ live nodes⌋)`; a limit of 0 stays 0. `open` admits and `closed` refuses,
/// both without counting.
struct FallbackDecider: Sendable {
    let policy: RateLimitRule.StoreFailurePolicy
    let table: InProcessRateLimitStore
    let liveNodes: @Sendable () -> Int
    let metrics: StoreMetrics

    /// The answer to one check.
    func answer(to check: RateLimitCheck, after error: any Error) -> LimitAnswer {
        if Self.isRefusal(error) { return self.impossible(check) }
        self.metrics.storeFailed(self.policy)
        guard self.policy == .local else { return self.uncounted(check) }
        let share = self.share(of: check)
        let rule = self.table.decide(share, at: self.table.now)
        return LimitAnswer(
            rule: rule, windowMilliseconds: check.rule.quota.windowMilliseconds, isAllowed: rule.isAdmitted, source: .share)
    }

    /// The answers to checks that pass together or not at all.
    func answers(to checks: [RateLimitCheck], after error: any Error) -> [LimitAnswer] {
        if Self.isRefusal(error) { return checks.map { self.impossible($0) } }
        self.metrics.storeFailed(self.policy)
        guard self.policy == .local else { return checks.map { self.uncounted($0) } }
        let verdict = self.table.decide(checks.map { self.share(of: $0) }, at: self.table.now)
        return zip(checks, verdict.rules).map { check, rule in
            LimitAnswer(
                rule: rule, windowMilliseconds: check.rule.quota.windowMilliseconds, isAllowed: verdict.isAllowed,
                source: .share)
        }
    }

    /// Whether the store has no place for so high a cost; that is an answer, and no failure.
    private static func isRefusal(_ error: any Error) -> Bool {
        (error as? RateLimitError)?.code == .invalidCost
    }

    private func impossible(_ check: RateLimitCheck) -> LimitAnswer {
        let limit = check.rule.quota.limit
        let rule = RuleVerdict(
            rule: check.rule.name, outcome: .costExceedsLimit, isShadow: check.rule.isShadow, limit: limit, used: 0,
            remaining: limit, resetNanoseconds: 0, replenishNanoseconds: 0, retryNanoseconds: -1)
        return LimitAnswer(
            rule: rule, windowMilliseconds: check.rule.quota.windowMilliseconds, isAllowed: false, source: .store)
    }

    private func uncounted(_ check: RateLimitCheck) -> LimitAnswer {
        let limit = check.rule.quota.limit
        // A limit of 0 blocks whoever counts.
        let isAllowed = self.policy == .open && (limit > 0 || check.cost == 0)
        let isRefused = self.policy == .open && !isAllowed
        let rule = RuleVerdict(
            rule: check.rule.name,
            outcome: isAllowed ? .admittedUncounted : isRefused ? .costExceedsLimit : .refusedUncounted,
            isShadow: check.rule.isShadow, limit: limit, used: 0, remaining: self.policy == .open ? limit : 0,
            resetNanoseconds: 0, replenishNanoseconds: 0,
            retryNanoseconds: isAllowed ? 0 : isRefused ? -1 : 1_000_000_000)
        return LimitAnswer(
            rule: rule, windowMilliseconds: check.rule.quota.windowMilliseconds, isAllowed: isAllowed,
            source: isRefused ? .share : .policy)
    }

    private func share(of check: RateLimitCheck) -> RateLimitCheck {
        let limit = check.rule.quota.limit
        let share = limit == 0 ? 0 : max(limit / Int64(max(self.liveNodes(), 1)), 1)
        guard share != limit, let quota = try? check.rule.quota.withLimit(share),
            let shared = try? RateLimitCheck(check.rule.withQuota(quota), check.key, cost: check.cost)
        else { return check }
        return shared
    }
}
