/// One part whose state `/health` shows.
public struct HealthCheck: Sendable {
    /// The name of the part in `checks`, such as `database`.
    public let name: String
    /// Whether the program is of no use without it: then its failure answers 503.
    public let isCore: Bool
    /// Looks at the part: returns when it works, throws when it does not.
    ///
    /// Called for `/health` and `/readyz`, never twice at a time; it is cancelled after two seconds, and the part is
    /// unhealthy until it returns.
    public let probe: @Sendable () async throws -> Void

    /// Creates a check.
    ///
    /// - Parameters:
    ///   - name: The name of the part in `checks`.
    ///   - isCore: Whether the program is of no use without it.
    ///   - probe: Returns when the part works, throws when it does not.
    public init(name: String, isCore: Bool, probe: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.isCore = isCore
        self.probe = probe
    }
}
