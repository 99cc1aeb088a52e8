import RateLimit
import Redis

/// Checks that one script decides over, and how to read what it says.
struct DecisionPlan: Sendable {
    let checks: [CheckPlan]
    let arguments: RedisScriptArguments

    /// - Parameter isEach: Whether each check is decided by itself.
    /// - Throws: `RateLimitError` with code `invalidKey` or `invalidCost` when a layout has no place for a check.
    init(_ checks: [OverridableCheck], of store: RedisRateLimitStore, isEach: Bool = false) throws(RateLimitError) {
        var plans: [CheckPlan] = []
        plans.reserveCapacity(checks.count)
        var units: Int64 = 0
        for check in checks {
            let plan = try CheckPlan(check, layout: store.layout(of: check.check.rule), prefix: store.prefix)
            units = units.addingSaturated(plan.unitCount)
            plans.append(plan)
        }
        guard units <= CheckPlan.greatestUnitCount || plans.count == 1 else {
            throw RateLimitError(
                .invalidCost,
                message: "logs with one entry per unit take at most \(CheckPlan.greatestUnitCount) units in one decision")
        }
        self.init(plans, isEach: isEach)
    }

    init(_ plans: [CheckPlan], isEach: Bool) {
        self.checks = plans
        var arguments = RedisScriptArguments(minimumCapacity: plans.count * 192 + 16)
        for plan in plans { arguments.append(key: plan.key) }
        arguments.append(bytes: plans.map { $0.check.rule.isShadow ? UInt8(ascii: "0") : UInt8(ascii: "1") })
        arguments.append(isEach ? 1 : 0)
        for plan in plans { plan.append(to: &arguments) }
        self.arguments = arguments
    }

    /// Reads the answer to a decision over all checks at once.
    ///
    /// - Throws: `RateLimitError` with code `storeUnavailable` when it is none.
    func read(_ value: RedisValue) throws(RateLimitError) -> DecisionOutcome {
        guard case .array(let elements) = value, elements.count == self.checks.count + 1,
            case .integer(let now)? = elements.last
        else { throw .unexpectedReply }
        var replies: [CheckReply] = []
        replies.reserveCapacity(self.checks.count)
        for position in self.checks.indices { replies.append(try CheckReply(elements[position])) }
        let isDenied = zip(self.checks, replies).contains { plan, reply in
            reply.outcome != .admitted && !plan.check.rule.isShadow
        }
        var rules = RuleVerdicts()
        var quotas: [Quota] = []
        for position in self.checks.indices {
            let quota = try replies[position].quota(of: self.checks[position])
            let prior = isDenied ? self.prior(at: position, replies) : 0
            rules.append(replies[position].verdict(for: self.checks[position], under: quota, prior: prior))
            quotas.append(quota)
        }
        return DecisionOutcome(
            decision: ResolvedDecision(verdict: Verdict(rules: rules), quotas: quotas), marks: replies.map(\.mark),
            microseconds: now)
    }

    /// Reads the answer to decisions over each check by itself.
    ///
    /// - Throws: `RateLimitError` with code `storeUnavailable` when it is none.
    func readEach(_ value: RedisValue) throws(RateLimitError) -> [Result<ResolvedVerdict, RateLimitError>] {
        guard case .array(let elements) = value, elements.count == self.checks.count + 1 else { throw .unexpectedReply }
        return zip(self.checks, elements).map { plan, element in
            if case .error(let message) = element { return .failure(RateLimitError(RedisError(.serverError, message: message))) }
            return Result { () throws(RateLimitError) -> ResolvedVerdict in
                let reply = try CheckReply(element)
                let quota = try reply.quota(of: plan)
                return ResolvedVerdict(rule: reply.verdict(for: plan, under: quota, prior: 0), quota: quota)
            }
        }
    }

    /// What the admitted checks before this one would have taken from the same counter.
    private func prior(at position: Int, _ replies: [CheckReply]) -> Int64 {
        guard replies[position].outcome == .exhausted else { return 0 }
        let plan = self.checks[position]
        var prior: Int64 = 0
        for earlier in 0..<position where replies[earlier].outcome == .admitted {
            let other = self.checks[earlier]
            guard other.kind == plan.kind, other.key == plan.key, other.field == plan.field else { continue }
            prior = prior.addingSaturated(other.cost)
        }
        return prior
    }
}

/// A decision, and what a lease needs to know of it.
struct DecisionOutcome: Sendable {
    let decision: ResolvedDecision
    let marks: [Int64]
    /// The time of the server, since 1970.
    let microseconds: Int64
}
