public import RateLimit
import Redis

/// Estimates that are corrected later, once among all nodes.
///
/// ```
/// gatehouse:lease:{issuer}:{id}     both in hexadecimal; exists once the lease was settled, as long as it could be settled
/// again
/// ```
extension RedisRateLimitStore {
    /// Decides over all checks and gives a lease when the request may pass; any node with the same key prefix can settle it.
    ///
    /// - Throws: As ``decide(_:)-([RateLimitCheck])``.
    public func reserve(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> RateLimitReservation {
        let (decision, lease) = try await self.reserve(checks.map { OverridableCheck($0) })
        return RateLimitReservation(verdict: decision.verdict, lease: lease)
    }

    /// Decides over all checks with the overrides that are stored, and gives a lease when the request may pass.
    ///
    /// - Throws: As ``decide(_:)-([RateLimitCheck])``.
    public func reserve(
        _ checks: [OverridableCheck]
    ) async throws(RateLimitError) -> (decision: ResolvedDecision, lease: RateLimitLease?) {
        guard !checks.isEmpty else {
            let nothing = ResolvedDecision(verdict: Verdict(rules: RuleVerdicts()), quotas: [])
            return (nothing, self.lease([], marks: [], microseconds: 0))
        }
        let outcome = try await self.decide(try DecisionPlan(checks, of: self))
        guard outcome.decision.verdict.isAllowed else { return (outcome.decision, nil) }
        var resolved: [RateLimitCheck] = []
        var marks: [Int64] = []
        for (position, check) in checks.enumerated() {
            let rule = check.check.rule.withQuota(outcome.decision.quotas[position])
            resolved.append(try RateLimitCheck(rule, check.check.key, cost: check.check.cost))
            let isCounted = outcome.decision.verdict.rules[position].outcome == .admitted && check.check.cost > 0
            marks.append(isCounted ? outcome.marks[position] : RateLimitLease.uncounted)
        }
        return (outcome.decision, self.lease(resolved, marks: marks, microseconds: outcome.microseconds))
    }

    /// Corrects the costs of a lease; only the first settlement among all nodes has an effect.
    ///
    /// A lease older than the configured lifetime is unknown. A settlement whose reply was lost may have been made; asking
    /// again then tells `alreadySettled`.
    ///
    /// - Throws: `RateLimitError` with code `invalidLease` when the number of costs is not that of the checks, `invalidCost`
    ///   when one is negative or more than a prescribed log takes at once, `storeUnavailable` when no answer could be had.
    public func settle(
        _ lease: RateLimitLease, actual: [Int64]
    ) async throws(RateLimitError) -> RateLimitSettlement {
        guard actual.count == lease.checks.count, lease.marks.count == lease.checks.count else {
            throw RateLimitError(
                .invalidLease, message: "\(actual.count) costs do not settle a lease of \(lease.checks.count) checks")
        }
        if let negative = actual.first(where: { $0 < 0 }) {
            throw RateLimitError(.invalidCost, message: "the cost \(negative) is below 0; allowed is 0 or more")
        }
        guard lease.issuer == self.issuer else { return .unknownLease }
        let arguments = try self.settlement(of: lease, actual: actual)
        return switch try await self.evaluate(self.scripts.settle, arguments) {
        case .integer(0): .settled
        case .integer(1): .alreadySettled
        case .integer(2): .unknownLease
        default: throw .unexpectedReply
        }
    }

    private func lease(_ checks: [RateLimitCheck], marks: [Int64], microseconds: Int64) -> RateLimitLease {
        let (nanoseconds, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        return RateLimitLease(
            id: .random(in: .min ... .max), issuer: self.issuer, checks: checks,
            instant: RateLimitInstant(nanoseconds: overflow ? 0 : nanoseconds), marks: marks)
    }

    private func settlement(
        of lease: RateLimitLease, actual: [Int64]
    ) throws(RateLimitError) -> RedisScriptArguments {
        var counted: [(plan: CheckPlan, mark: Int64, difference: Int64)] = []
        for (check, (cost, mark)) in zip(lease.checks, zip(actual, lease.marks)) where mark != RateLimitLease.uncounted {
            let bound = RateLimitScripts.greatestLimit
            let difference = min(max(min(cost, bound) - min(check.cost, bound), -bound), bound)
            let plan = try CheckPlan(OverridableCheck(check), layout: self.layout(of: check.rule), prefix: self.prefix)
            guard plan.kind != .sharedLog || difference <= CheckPlan.greatestUnitCount else {
                throw RateLimitError(
                    .invalidCost,
                    message: "a log with one entry per unit takes at most \(CheckPlan.greatestUnitCount) units at once")
            }
            counted.append((plan, mark, difference))
        }
        let lifetime = self.leaseLifetime.saturatedNanoseconds
        var arguments = RedisScriptArguments(minimumCapacity: counted.count * 256 + 128)
        for check in counted { arguments.append(key: check.plan.key) }
        let issuer = String(lease.issuer, radix: 16)
        arguments.append(key: self.prefix + Array("lease:\(issuer):\(String(lease.id, radix: 16))".utf8))
        // The tombstone outlives the lease, also when the clocks of a replica and its master differ a little.
        arguments.append(lifetime / 1_000_000_000 + 120)
        arguments.append(lifetime / 1_000)
        arguments.append(lease.instant.nanoseconds / 1_000)
        for check in counted {
            check.plan.append(to: &arguments)
            arguments.append(check.mark)
            arguments.append(check.difference)
        }
        return arguments
    }
}
