public import HTTPTypes
public import Identity

/// Decides over limits; declared here for the feature that knows rules and counters.
public protocol LimitEnforcer: Sendable {
    /// Charges one request to all rules of the classes, or to none of them.
    ///
    /// - Parameters:
    ///   - classes: The classes of the operation; one or more.
    ///   - caller: Who calls.
    ///   - address: Where the call comes from; `nil` when the transport has no addresses.
    /// - Returns: Whether the request goes on, and what the response says about it.
    func charge(_ classes: [LimitClass], caller: Caller, address: IPAddress?) async -> LimitOutcome

    /// The rules of a class in words for the API description, such as `60 per 1 minute`; empty when none applies.
    func description(of limitClass: LimitClass) -> [String]
}

/// What came of charging a request.
public enum LimitOutcome: Sendable {
    /// The request goes on; the response carries the fields.
    case admitted(HTTPFields)
    /// The request ends here; the problem carries its fields itself.
    case denied(Problem)
}
