public import NIOCore
public import RateLimit
import Redis

/// Decisions from channel handlers: what is asked in one turn of a loop goes out in one write.
extension RedisRateLimitStore {
    /// Decides over all checks of one request at once.
    ///
    /// - Parameters:
    ///   - checks: The checks.
    ///   - eventLoop: Where the answer arrives; best one of the client's own.
    /// - Returns: The decision, or a `RateLimitError` as ``decide(_:)-([RateLimitCheck])`` throws it.
    public func decide(_ checks: [RateLimitCheck], on eventLoop: any EventLoop) -> EventLoopFuture<Verdict> {
        self.plan(checks.map { OverridableCheck($0) }, on: eventLoop) { plan, reply throws(RateLimitError) in
            try plan.read(reply).decision.verdict
        }
    }

    /// Decides over all checks of one request at once, with the overrides that are stored.
    ///
    /// - Parameters:
    ///   - checks: The checks.
    ///   - eventLoop: Where the answer arrives; best one of the client's own.
    /// - Returns: The decision, or a `RateLimitError` as ``decide(_:)-([RateLimitCheck])`` throws it.
    public func decide(_ checks: [OverridableCheck], on eventLoop: any EventLoop) -> EventLoopFuture<ResolvedDecision> {
        self.plan(checks, on: eventLoop) { plan, reply throws(RateLimitError) in try plan.read(reply).decision }
    }

    /// Decides over each check by itself, in one round trip; one that fails does not hold up the others.
    ///
    /// - Parameters:
    ///   - checks: The checks; on a prescribed log they take at most 10 000 units together.
    ///   - eventLoop: Where the answer arrives; best one of the client's own.
    /// - Returns: An answer for each check, in their order, or a `RateLimitError` when there is none at all.
    public func decideEach(
        _ checks: [OverridableCheck], on eventLoop: any EventLoop
    ) -> EventLoopFuture<[Result<ResolvedVerdict, RateLimitError>]> {
        self.plan(checks, isEach: true, on: eventLoop) { plan, reply throws(RateLimitError) in try plan.readEach(reply) }
    }

    private func plan<Value: Sendable>(
        _ checks: [OverridableCheck], isEach: Bool = false, on eventLoop: any EventLoop,
        _ read: @escaping @Sendable (DecisionPlan, RedisValue) throws(RateLimitError) -> Value
    ) -> EventLoopFuture<Value> {
        do throws(RateLimitError) {
            let plan = try DecisionPlan(checks, of: self, isEach: isEach)
            guard !checks.isEmpty else {
                return eventLoop.makeSucceededFuture(try read(plan, .array([.integer(0)])))
            }
            return self.evaluate(self.scripts.decide, plan.arguments, on: eventLoop) { reply throws(RateLimitError) in
                try read(plan, reply)
            }
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
    }

    /// Decides over one check; the fastest way to ask for one unit of a prescribed log.
    ///
    /// In that case `resetAfter`, and `replenishAfter` of what was admitted, are told as the whole window, which is the longest
    /// they can be; ``usage(of:)`` tells them exactly.
    ///
    /// - Parameters:
    ///   - check: The check.
    ///   - eventLoop: Where the answer arrives; best one of the client's own.
    /// - Returns: What the rule said and the quota that held, or a `RateLimitError` as ``decide(_:)-([RateLimitCheck])`` throws
    ///   it.
    public func decide(_ check: OverridableCheck, on eventLoop: any EventLoop) -> EventLoopFuture<ResolvedVerdict> {
        let rule = check.check.rule
        guard check.check.cost == 1, rule.algorithm == .slidingLog, self.layout(of: rule) == .check else {
            return self.plan([check], on: eventLoop) { plan, reply throws(RateLimitError) in
                let decision = try plan.read(reply).decision
                return ResolvedVerdict(rule: decision.verdict.rules[0], quota: decision.quotas[0])
            }
        }
        do throws(RateLimitError) {
            let arguments = try Self.hit(check)
            return self.evaluate(self.scripts.hit, arguments, on: eventLoop) { reply throws(RateLimitError) in
                try HitReply(reply).verdict(for: rule)
            }
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
    }

    private static func hit(_ check: OverridableCheck) throws(RateLimitError) -> RedisScriptArguments {
        let quota = check.check.rule.quota
        let name = try CheckPlan.prescribedName(of: check.check.key)
        let code = WindowCode(milliseconds: quota.windowMilliseconds)
        var arguments = RedisScriptArguments(minimumCapacity: name.count + 112)
        var key: [UInt8] = []
        key.reserveCapacity(name.count + 10)
        key.append(contentsOf: "ratelimit:".utf8)
        key.append(contentsOf: name)
        arguments.append(key: key)
        arguments.append(min(quota.limit, RateLimitScripts.greatestLimit))
        arguments.append(quota.windowMilliseconds)
        arguments.append(code.rawValue)
        arguments.append(code.milliseconds)
        if !check.overridable.isEmpty { arguments.append(Int64(check.overridable.rawValue)) }
        return arguments
    }
}

/// The answer to one unit of a prescribed log.
private struct HitReply {
    /// Units in the window.
    let used: Int64
    let isAdmitted: Bool
    /// Milliseconds to wait, when refused.
    var wait: Int64 = 0
    /// Limit and window in milliseconds that an override made.
    var replaced: (limit: Int64, windowMilliseconds: Int64)?

    /// - Throws: `RateLimitError` with code `storeUnavailable` when it is none.
    init(_ value: RedisValue) throws(RateLimitError) {
        switch value {
        case .integer(let number):
            (self.used, self.isAdmitted) = Self.count(number)
        case .array(let elements):
            guard case .integer(let number)? = elements.first, elements.count == 2 || elements.count == 4,
                case .integer(let wait) = elements[1]
            else { throw .unexpectedReply }
            (self.used, self.isAdmitted) = Self.count(number)
            self.wait = min(max(wait, 0), 1 << 40)
            guard elements.count == 4 else { return }
            guard case .integer(let limit) = elements[2], case .integer(let window) = elements[3] else { throw .unexpectedReply }
            self.replaced = (limit, window)
        default: throw .unexpectedReply
        }
    }

    private static func count(_ number: Int64) -> (used: Int64, isAdmitted: Bool) {
        number > 0 ? (number, true) : (-1 - max(number, -Int64.max), false)
    }

    func verdict(for rule: RateLimitRule) throws(RateLimitError) -> ResolvedVerdict {
        var quota = rule.quota
        if let replaced {
            quota = try quota.resolved(limit: replaced.limit, windowMilliseconds: replaced.windowMilliseconds)
        } else if quota.limit > RateLimitScripts.greatestLimit {
            quota = try quota.resolved(
                limit: RateLimitScripts.greatestLimit, windowMilliseconds: quota.windowMilliseconds)
        }
        let used = max(self.used, 0)
        let window = used > 0 ? quota.windowNanoseconds : 0
        let wait = self.wait * 1_000_000
        let outcome: RuleVerdict.Outcome = self.isAdmitted ? .admitted : quota.limit < 1 ? .costExceedsLimit : .exhausted
        let verdict = RuleVerdict(
            rule: rule.name, outcome: outcome, isShadow: rule.isShadow, limit: quota.limit, used: used,
            remaining: max(quota.limit - min(used, quota.limit), 0), resetNanoseconds: window,
            replenishNanoseconds: outcome == .exhausted ? wait : quota.limit > 0 ? window : 0,
            retryNanoseconds: outcome == .exhausted ? max(wait, 1_000_000) : outcome == .costExceedsLimit ? -1 : 0)
        return ResolvedVerdict(rule: verdict, quota: quota)
    }
}
