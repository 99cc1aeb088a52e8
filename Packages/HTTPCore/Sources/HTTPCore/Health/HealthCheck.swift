public import StrictJSON

/// What a check found out about a part that it could look at.
public struct HealthFinding: Sendable {
    /// The states of a part.
    public enum State: String, Sendable {
        /// It works.
        case healthy
        /// It works in a lesser way: the program is degraded, and serves.
        case degraded
        /// It does not work.
        case unhealthy
    }

    /// The state.
    public var state: State
    /// Facts for operators, shown in `details` of `/health` under the name of the check; everybody can read them.
    public var details: JSONObject

    /// Creates a finding.
    public init(_ state: State, details: JSONObject = [:]) {
        self.state = state
        self.details = details
    }
}

/// One part whose state `/health` shows.
public struct HealthCheck: Sendable {
    /// The name of the part in `checks`, such as `database`.
    public let name: String
    /// Whether the program is of no use without it: then its failure answers 503.
    public let isCore: Bool
    /// Whether requests cannot be served without it, so that `/readyz` says no; a program that goes on degraded is ready.
    public let isNeededToServe: Bool
    /// Looks at the part, and throws when it does not work.
    ///
    /// Called for `/health` and `/readyz`, never twice at a time; it is cancelled after two seconds, and the part is
    /// unhealthy until it returns.
    public let probe: @Sendable () async throws -> HealthFinding

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
        self.probe = {
            try await probe()
            return HealthFinding(.healthy)
        }
    }

    /// A check that knows more than whether the part works.
    ///
    /// - Parameters:
    ///   - name: The name of the part in `checks`.
    ///   - isCore: Whether the program is of no use without it.
    ///   - isNeededToServe: Whether requests cannot be served without it; as `isCore` unless told otherwise.
    ///   - finding: Tells how the part fares; an error means that it does not work.
    public static func graded(
        name: String, isCore: Bool, isNeededToServe: Bool? = nil, finding: @escaping @Sendable () async throws -> HealthFinding
    ) -> HealthCheck {
        HealthCheck(name: name, isCore: isCore, isNeededToServe: isNeededToServe ?? isCore, finding: finding)
    }

    private init(
        name: String, isCore: Bool, isNeededToServe: Bool, finding: @escaping @Sendable () async throws -> HealthFinding
    ) {
        self.name = name
        self.isCore = isCore
        self.isNeededToServe = isNeededToServe
        self.probe = finding
    }
}
