import Cryptography
public import RateLimit

extension LimitService {
    /// A service for a node that works alone.
    ///
    /// - Parameters:
    ///   - configuration: What to go by.
    ///   - table: Where to count.
    /// - Throws: `RateLimitError` with code `invalidConfiguration` when the system has no random bytes.
    public static func inProcess(
        _ configuration: LimitServiceConfiguration, table: InProcessRateLimitStore
    ) throws(RateLimitError) -> LimitService {
        let rules = try RuleBook(onStoreFailure: configuration.onStoreFailure)
        let engine = InProcessEngine(
            table: table, rules: rules, overrides: OverrideTable(capacity: configuration.maximumOverrides),
            configuration: configuration)
        do {
            return LimitService(
                configuration: configuration, engine: engine, rules: rules, leaseKeys: try ProcessLeaseKey())
        } catch {
            throw RateLimitError(.invalidConfiguration, message: "no key for leases can be made", cause: error)
        }
    }
}
