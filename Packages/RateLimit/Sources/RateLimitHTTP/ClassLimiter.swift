public import HTTPCore
import HTTPTypes
public import Identity
public import Logging
public import RateLimit

/// Charges requests to the rules of their classes; the limit stage of HTTPCore asks it.
///
/// The budget belongs to `user:{id}` for an authenticated caller and to `ip:{host}` otherwise (CONTRACTS §4.6): all keys
/// of one user share it, and a user does not inherit what was counted for the address. One IPv6 client usually holds a
/// whole /64, so that is the host there.
public struct ClassLimiter<Store: RateLimitStore>: LimitEnforcer {
    private let store: Store
    private let rules: ClassRules
    private let metrics: RateLimitMetrics?
    private let logger: Logger

    /// Creates a limiter.
    ///
    /// - Parameters:
    ///   - store: Counts.
    ///   - rules: The rules of every class.
    ///   - metrics: Counts decisions; `nil` counts none.
    ///   - logger: Hears when the store fails.
    public init(store: Store, rules: ClassRules, metrics: RateLimitMetrics?, logger: Logger) {
        self.store = store
        self.rules = rules
        self.metrics = metrics
        self.logger = logger
    }

    /// Charges all rules of the classes in one decision; a store that cannot decide answers 503.
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
            let verdict = try await self.store.decide(checks)
            self.metrics?.record(verdict)
            let fields = LimitFields(verdict: verdict, rules: rules)
            guard let denier = verdict.denierIndex else { return .admitted(fields.all) }
            return .denied(LimitProblem.make(rule: rules[denier], verdict: verdict, fields: fields))
        } catch {
            self.logger.error("limits cannot be decided", metadata: ["error": .string(String(reflecting: error))])
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
