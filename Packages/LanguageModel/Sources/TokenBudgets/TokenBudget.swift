public import RateLimit

/// A number of tokens that every caller may use in a day.
///
/// Tokens are reserved before a model is asked, as an estimate that is no less than what can be used, and settled to the true number
/// afterwards. The charge and the look at the budget are one atomic decision of the store, so concurrent calls never overspend, however
/// many servers share it. A day is a window of 24 hours that starts with the first token; nothing that was taken from one window comes
/// back to another. While a shared store is away, ``RateLimitRule/StoreFailurePolicy`` decides.
///
/// ```swift
/// switch await budget.reserve(900, for: BudgetOwner(caller)) {
/// case .granted(let lease): await budget.settle(lease, actual: try await work())
/// case .refused(let refusal): print(refusal.retryAfterSeconds ?? 0)
/// }
/// ```
public struct TokenBudget: Sendable {
    /// The name of the rule, in refusals and in the keys of counters.
    public static let ruleName = "llm-tokens"
    /// The budgets that are allowed.
    public static let allowedDailyTokens = 1...1_000_000_000_000

    /// Tokens of a whole day.
    public let dailyTokens: Int
    private let rule: RateLimitRule
    /// The part of this process while the shared store is away.
    private let share: RateLimitRule
    private let store: any RateLimitStore
    private let fallback: InProcessRateLimitStore?
    private let metrics: TokenBudgetMetrics?
    private let onStoreFailure: @Sendable (RateLimitError) -> Void

    /// Creates a budget.
    ///
    /// - Parameters:
    ///   - dailyTokens: Tokens of each caller per day, within ``allowedDailyTokens``.
    ///   - store: Where they are counted.
    ///   - fallback: A table of this process that counts while the store is away, under the policy `local`; without one, `local` lets
    ///     everything pass.
    ///   - liveNodes: How many servers share the store, 1 or more: each may use its part of the budget while the store is away.
    ///   - policy: What holds while the store is away; `local` by default.
    ///   - metrics: Counts decisions; nil counts none.
    ///   - onStoreFailure: Called with each failure of the store, for the log.
    /// - Throws: `RateLimitError` with code `invalidQuota` when `dailyTokens` is out of its range.
    public init(
        dailyTokens: Int, store: any RateLimitStore, fallback: InProcessRateLimitStore? = nil, liveNodes: Int = 1,
        policy: RateLimitRule.StoreFailurePolicy = .local, metrics: TokenBudgetMetrics? = nil,
        onStoreFailure: @escaping @Sendable (RateLimitError) -> Void = { _ in }
    ) throws(RateLimitError) {
        guard Self.allowedDailyTokens.contains(dailyTokens) else {
            throw RateLimitError(
                .invalidQuota,
                message:
                    "a budget of \(dailyTokens) tokens is out of range; allowed are 1 to \(Self.allowedDailyTokens.upperBound)")
        }
        let quota = try Quota(limit: Int64(dailyTokens), .day)
        let part = try quota.withLimit(max(1, quota.limit / Int64(max(liveNodes, 1))))
        self.dailyTokens = dailyTokens
        self.rule = try RateLimitRule(Self.ruleName, quota: quota, algorithm: .fixedWindow, onStoreFailure: policy)
        self.share = self.rule.withQuota(part)
        self.store = store
        self.fallback = fallback
        self.metrics = metrics
        self.onStoreFailure = onStoreFailure
    }

    /// Charges an estimate, if the budget has room for all of it.
    ///
    /// Cancelling the task does not end it, so that nothing is charged that nobody knows of; it takes no longer than the store's deadline.
    ///
    /// - Parameters:
    ///   - tokens: No less than what can be used, see ``estimate(for:maximumTokens:)``; less than 1 counts as 1.
    ///   - owner: Whose budget is charged.
    public func reserve(_ tokens: Int, for owner: BudgetOwner) async -> TokenReservation {
        let reservation = await Self.undisturbed { await self.take(max(tokens, 1), of: owner) }
        self.metrics?.record(reservation)
        return reservation
    }

    /// Corrects an estimate to what was really used; only the first settlement of a lease has an effect.
    ///
    /// What was charged too much is free again in the same window, and what is missing is charged even beyond the budget. It is made
    /// also in a task that is cancelled.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - actual: Tokens really used; less than 0 counts as 0.
    @discardableResult
    public func settle(_ lease: TokenLease, actual: Int) async -> TokenSettlement {
        await Self.undisturbed { await self.correct(lease, to: Int64(max(actual, 0))) }
    }

    /// Charges tokens that have been used already, also beyond the budget.
    ///
    /// - Parameters:
    ///   - tokens: Tokens really used; less than 1 charges nothing.
    ///   - owner: Whose budget is charged.
    public func charge(_ tokens: Int, to owner: BudgetOwner) async {
        guard tokens > 0 else { return }
        await Self.undisturbed {
            if await self.take(min(tokens, self.dailyTokens), of: owner).lease != nil { return }
            // There is not room for all: the first token takes its place in the window, and the rest goes beyond the budget.
            guard let lease = await self.take(1, of: owner).lease else { return }
            _ = await self.correct(lease, to: Int64(tokens))
        }
    }

    /// How much of a budget is used; nil while nobody can tell.
    public func standing(of owner: BudgetOwner) async -> BudgetStanding? {
        guard let key = try? owner.key else { return nil }
        do throws(RateLimitError) {
            return BudgetStanding(try await self.store.usage(of: self.rule, for: key))
        } catch {
            self.onStoreFailure(error)
            guard self.rule.onStoreFailure == .local, let fallback = self.fallback else { return nil }
            return BudgetStanding(fallback.usage(of: self.share, for: key, at: fallback.now))
        }
    }

    /// Runs to its end even if the task is cancelled, as half a decision would lose tokens.
    private static func undisturbed<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
        await Task { await work() }.value
    }

    private func take(_ tokens: Int, of owner: BudgetOwner) async -> TokenReservation {
        do throws(RateLimitError) {
            let check = try RateLimitCheck(self.rule, owner.key, cost: Int64(tokens))
            return self.outcome(try await self.store.reserve([check]), tokens) { .store($0) }
        } catch {
            self.onStoreFailure(error)
            return self.takeAlone(tokens, of: owner)
        }
    }

    private func takeAlone(_ tokens: Int, of owner: BudgetOwner) -> TokenReservation {
        let away = TokenRefusal(
            reason: .storeUnavailable, dailyTokens: self.dailyTokens, remaining: 0, retryAfterSeconds: 1)
        switch (self.rule.onStoreFailure, self.fallback) {
        case (.closed, _): return .refused(away)
        case (.open, _), (.local, nil): return .granted(TokenLease(estimate: tokens, place: .nowhere))
        case (.local, let fallback?):
            guard let key = try? owner.key, let check = try? RateLimitCheck(self.share, key, cost: Int64(tokens)) else {
                return .refused(away)
            }
            let reservation = fallback.reserve([check], at: fallback.now)
            // What only this server's part is too small for may pass when the store is back.
            if reservation.verdict.canNeverPass, tokens <= self.dailyTokens { return .refused(away) }
            return self.outcome(reservation, tokens) { .fallback($0) }
        }
    }

    private func outcome(
        _ reservation: RateLimitReservation, _ tokens: Int, place: (RateLimitLease) -> TokenLease.Place
    ) -> TokenReservation {
        if let lease = reservation.lease { return .granted(TokenLease(estimate: tokens, place: place(lease))) }
        let denier = reservation.verdict.denier
        let waits = denier?.outcome == .costExceedsLimit ? nil : max(1, denier?.retryAfterSeconds ?? 1)
        return .refused(
            TokenRefusal(
                reason: waits == nil ? .aboveBudget : .exhausted, dailyTokens: self.dailyTokens,
                remaining: Int(clamping: denier?.remaining ?? 0), retryAfterSeconds: waits.map { Int(clamping: $0) }))
    }

    private func correct(_ lease: TokenLease, to actual: Int64) async -> TokenSettlement {
        do throws(RateLimitError) {
            let settlement: RateLimitSettlement
            switch lease.place {
            case .nowhere: return .settled
            case .store(let lease): settlement = try await self.store.settle(lease, actual: actual)
            case .fallback(let lease):
                guard let fallback = self.fallback else { return .estimateStays }
                settlement = try fallback.settle(lease, actual: [actual], at: fallback.now)
            }
            return switch settlement {
            case .settled: .settled
            case .alreadySettled: .alreadySettled
            case .unknownLease: .estimateStays
            }
        } catch {
            self.onStoreFailure(error)
            return .estimateStays
        }
    }
}

extension BudgetStanding {
    fileprivate init(_ verdict: RuleVerdict) {
        self.init(
            dailyTokens: Int(clamping: verdict.limit), used: Int(clamping: verdict.used),
            remaining: Int(clamping: verdict.remaining), resetAfterSeconds: Int(clamping: verdict.resetAfterSeconds))
    }
}
