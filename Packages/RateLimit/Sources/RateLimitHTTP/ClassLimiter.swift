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

    /// Creates a limiter.
    ///
    /// - Parameters:
    ///   - limiter: Counts, and knows what to do while its store fails.
    ///   - rules: The rules of every class; without any, nothing is limited.
    ///   - metrics: Counts decisions; `nil` counts none.
    public init(limiter: RateLimiter, rules: ClassRules, metrics: RateLimitMetrics?) {
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
                let key = try Self.key(for: limitClass, caller: caller, address: address)
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

    private static func key(
        for limitClass: LimitClass, caller: Caller, address: IPAddress?
    ) throws(RateLimitError) -> RateLimitKey {
        if limitClass.subject == .caller, !caller.isAnonymous {
            return try RateLimitKey(caller.kind.rawValue, caller.id.text)
        }
        return try RateLimitKey("ip", Self.host(of: address))
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
