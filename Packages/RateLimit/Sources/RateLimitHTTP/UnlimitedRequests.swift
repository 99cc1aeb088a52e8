public import HTTPCore
import HTTPTypes
public import Identity

/// Admits everything and says nothing about limits, for `RATE_LIMIT_ENABLED=false`.
public struct UnlimitedRequests: LimitEnforcer {
    /// There is nothing to set.
    public init() {}

    /// Admits without header fields.
    public func charge(_ classes: [LimitClass], caller: Caller, address: IPAddress?) async -> LimitOutcome {
        .admitted([:])
    }

    /// Nothing: no class has a rule.
    public func description(of limitClass: LimitClass) -> [String] { [] }
}
