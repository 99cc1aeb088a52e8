public import HTTPCore
import HTTPTypes
public import Identity
public import RateLimit

/// Charges requests to the rules of their classes; the limit stage of HTTPCore asks it.
///
/// The budget belongs to `user:{id}` for an authenticated caller and to `ip:{host}` otherwise (CONTRACTS §4.6): all keys
/// of one user share it, and a user does not inherit what was counted for the address. One IPv6 client usually holds a
/// whole /64, so that is the host there.
public struct ClassLimiter: LimitEnforcer {
    private let limiter: RateLimiter
    private let rules: ClassRules
    private let metrics: RateLimitMetrics?
    private let naming: SubjectNaming

    /// Creates a limiter.
    ///
    /// - Parameters:
    ///   - limiter: Counts, and knows what to do while its store fails.
    ///   - rules: The rules of every class; without any, nothing is limited.
    ///   - metrics: Counts decisions; `nil` counts none.
    ///   - naming: How the budgets' owners are named in keys.
    public init(limiter: RateLimiter, rules: ClassRules, metrics: RateLimitMetrics?, naming: SubjectNaming = .tuples) {
        self.naming = naming
        self.limiter = limiter
        self.rules = rules
        self.metrics = metrics
    }

    /// Charges all rules of the classes in one decision; a caller that cannot be made a key is refused with 503.
    public func charge(_ classes: [LimitClass], caller: Caller, address: IPAddress?) async -> LimitOutcome {
        do throws(RateLimitError) {
            var rules: [RateLimitRule] = []
            var checks: [RateLimitCheck] = []
            for limitClass in classes {
                let key = try self.key(for: limitClass, caller: caller, address: address)
                for rule in self.rules[limitClass] {
                    rules.append(rule)
                    checks.append(RateLimitCheck(rule, key))
                }
            }
            if checks.isEmpty { return .admitted([:]) }
            let verdict = await self.limiter.decide(checks)
            self.metrics?.record(verdict)
            let fields = LimitFields(verdict: verdict, rules: rules)
            guard let denier = verdict.denierIndex else { return .admitted(fields.all) }
            return .denied(LimitProblem.make(rule: rules[denier], verdict: verdict, fields: fields))
        } catch {
            return .denied(
                Problem(.serviceUnavailable, "Limits cannot be decided now", headers: [.retryAfter: "1"], cause: error))
        }
    }

    /// The quotas of a class, such as `60 per 1 minute`.
    public func description(of limitClass: LimitClass) -> [String] {
        self.rules[limitClass].map(\.quota.description)
    }

    private func key(
        for limitClass: LimitClass, caller: Caller, address: IPAddress?
    ) throws(RateLimitError) -> RateLimitKey {
        let isCaller = limitClass.subject == .caller && !caller.isAnonymous
        let kind = isCaller ? caller.kind.rawValue : "ip"
        let name = isCaller ? caller.id.text : Self.host(of: address)
        switch self.naming {
        case .tuples: return try RateLimitKey(kind, name)
        case .plainUsers: return try RateLimitKey(isCaller && caller.kind == .user ? name : "\(kind):\(name)")
        }
    }

    /// The text of the host; transports without addresses share one.
    private static func host(of address: IPAddress?) -> String {
        switch address?.unmapped {
        case .none: "local"
        case .v4(let address): address.description
        case .v6(let address): CIDRBlock(containing: .v6(address), prefixLength: 64).description
        }
    }
}
