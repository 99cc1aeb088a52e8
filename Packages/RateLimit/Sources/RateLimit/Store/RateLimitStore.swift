/// Where counters live: in this process, or shared by many.
///
/// Every implementation runs the conformance suite in `RateLimitTestSupport`. A store has its own clock, and all its decisions are
/// atomic: over any number of checks either every enforced rule admits and all costs are counted, or nothing is.
public protocol RateLimitStore: Sendable {
    /// Decides over all checks of one request at once.
    ///
    /// A shadow rule counts when the request passes and its own quota has room, as if it were enforced; it never denies. Checks of the
    /// same rule and key add up. No checks are admitted.
    ///
    /// - Throws: ``RateLimitError`` with code `storeUnavailable` when no answer could be had.
    func decide(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> Verdict

    /// Decides as ``decide(_:)`` does and gives a lease, so that the costs can be corrected once.
    ///
    /// - Throws: ``RateLimitError`` with code `storeUnavailable` when no answer could be had.
    func reserve(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> RateLimitReservation

    /// Corrects the costs of a lease to what was really used; only the first settlement of a lease has an effect.
    ///
    /// What was taken too much is given back as far as it is still counted, never lifting a quota above its limit. What is missing
    /// is counted now, even beyond the limit.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - actual: The true cost of each check of the lease, 0 or more.
    /// - Throws: ``RateLimitError`` with code `invalidLease` when the number of costs is not that of the checks, `invalidCost` when one
    ///   is negative, or `storeUnavailable`.
    func settle(_ lease: RateLimitLease, actual: [Int64]) async throws(RateLimitError) -> RateLimitSettlement

    /// Looks at a counter without changing it.
    ///
    /// - Throws: ``RateLimitError`` with code `storeUnavailable` when no answer could be had.
    func usage(of rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> RuleVerdict

    /// Forgets a counter, so that the whole limit is free again.
    ///
    /// - Returns: Whether anything was counted.
    /// - Throws: ``RateLimitError`` with code `storeUnavailable` when no answer could be had.
    func reset(_ rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> Bool
}

extension RateLimitStore {
    /// Corrects every cost of a lease to the same number, as suits a lease with one check.
    ///
    /// - Throws: As ``settle(_:actual:)-([Int64])``.
    public func settle(_ lease: RateLimitLease, actual: Int64) async throws(RateLimitError) -> RateLimitSettlement {
        try await self.settle(lease, actual: Array(repeating: actual, count: lease.checks.count))
    }
}
