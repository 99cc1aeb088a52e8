/// The front door to rate limiting: a store, a switch, and what to do while the store gives no answer.
///
/// A limiter always answers. When a shared store throws, each rule gets what it declares (``RateLimitRule/StoreFailurePolicy``): `closed`
/// refuses the request, `open` admits its part uncounted, and `local` counts in a table of this process with a share of the limit,
/// `max(1, ⌊limit ÷ live nodes⌋)`, and the refill of a bucket alike; a limit of 0 stays 0.
public struct RateLimiter: Sendable {
    /// Whether anything is limited; while `false`, every request is admitted and no state is kept.
    public let isEnabled: Bool

    private let store: any RateLimitStore
    private let fallback: InProcessRateLimitStore?
    private let liveNodes: @Sendable () -> Int
    private let onStoreFailure: @Sendable (RateLimitError) -> Void

    /// Creates a limiter.
    ///
    /// - Parameters:
    ///   - store: Where counters live.
    ///   - isEnabled: Whether anything is limited (`RATE_LIMIT_ENABLED`).
    ///   - fallback: The table for rules that count locally when the store fails; without one they count as `open`.
    ///   - liveNodes: How many nodes shared the store when it was last known; 1 by default.
    ///   - onStoreFailure: Called with each failure of the store, for logs and metrics; on the task of the request.
    public init(
        store: any RateLimitStore, isEnabled: Bool = true, fallback: InProcessRateLimitStore? = nil,
        liveNodes: @escaping @Sendable () -> Int = { 1 }, onStoreFailure: @escaping @Sendable (RateLimitError) -> Void = { _ in }
    ) {
        self.store = store
        self.isEnabled = isEnabled
        self.fallback = fallback
        self.liveNodes = liveNodes
        self.onStoreFailure = onStoreFailure
    }

    /// Decides over all checks of one request at once.
    public func decide(_ checks: [RateLimitCheck]) async -> Verdict {
        guard self.isEnabled else {
            return Verdict(rules: RuleVerdicts(checks.map { RuleVerdict(uncounted: $0, .admittedUncounted) }))
        }
        do throws(RateLimitError) {
            return try await self.store.decide(checks)
        } catch {
            self.onStoreFailure(error)
            return self.decideAlone(checks)
        }
    }

    private func decideAlone(_ checks: [RateLimitCheck]) -> Verdict {
        let isClosed = checks.contains { $0.rule.onStoreFailure == .closed && !$0.rule.isShadow && $0.cost > 0 }
        guard let fallback = self.fallback, !isClosed else { return self.merge(checks, local: Verdict(rules: RuleVerdicts())) }
        let local = checks.filter { $0.rule.onStoreFailure == .local }.map { self.share(of: $0) }
        return self.merge(checks, local: fallback.decide(local, at: fallback.now))
    }

    /// Puts what the fallback said in its places among what the other rules declare.
    private func merge(_ checks: [RateLimitCheck], local: Verdict) -> Verdict {
        var rules = RuleVerdicts()
        var next = local.rules.startIndex
        for check in checks {
            if check.rule.onStoreFailure == .local, next < local.rules.endIndex {
                rules.append(local.rules[next])
                next += 1
            } else {
                let refuses = check.rule.onStoreFailure == .closed && check.cost > 0
                rules.append(RuleVerdict(uncounted: check, refuses ? .refusedUncounted : .admittedUncounted))
            }
        }
        return Verdict(rules: rules)
    }

    private func share(of check: RateLimitCheck) -> RateLimitCheck {
        let quota = check.rule.quota.share(among: self.liveNodes())
        return (try? RateLimitCheck(check.rule.withQuota(quota), check.key, cost: check.cost)) ?? check
    }
}

extension RuleVerdict {
    /// What is said of a check that nobody counted.
    fileprivate init(uncounted check: RateLimitCheck, _ outcome: Outcome) {
        self.init(
            rule: check.rule.name, outcome: outcome, isShadow: check.rule.isShadow, limit: check.rule.quota.limit, used: 0,
            remaining: check.rule.quota.limit, resetNanoseconds: 0, replenishNanoseconds: 0,
            retryNanoseconds: outcome == .refusedUncounted ? 1_000_000_000 : 0
        )
    }
}
