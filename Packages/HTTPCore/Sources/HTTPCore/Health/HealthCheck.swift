/// One part whose state `/health` shows.
public struct HealthCheck: Sendable {
    /// The name of the part in `checks`, such as `database`.
    public let name: String
    /// Whether the program is of no use without it: then its failure answers 503.
    public let isCore: Bool
    /// Whether requests cannot be served without it, so that `/readyz` says no; a program that goes on degraded is ready.
    public let isNeededToServe: Bool
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
    ///   - isNeededToServe: Whether requests cannot be served without it; as `isCore` unless told otherwise.
    ///   - probe: Returns when the part works, throws when it does not.
    public init(
        name: String, isCore: Bool, isNeededToServe: Bool? = nil, probe: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.isCore = isCore
        self.isNeededToServe = isNeededToServe ?? isCore
        self.probe = probe
    }
}
