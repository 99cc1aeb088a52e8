public import StrictJSON

/// Looks at the parts of the program, as `/health` does.
public struct HealthCheckTool: BuiltInTool {
    /// How one part fares.
    public struct Part: Sendable, Hashable {
        /// The name, such as `database`.
        public let name: String
        /// `healthy`, `degraded` or `unhealthy`.
        public let state: String
        /// Whether the program is of no use without it.
        public let isCore: Bool

        /// Tells how a part fares.
        public init(name: String, state: String, isCore: Bool) {
            self.name = name
            self.state = state
            self.isCore = isCore
        }
    }

    /// `health_check`
    public let name = "health_check"
    /// What it does.
    public let summary = "Checks the database, the journal and the other parts of the server"

    private let parts: @Sendable () async -> [Part]

    /// Creates the tool.
    ///
    /// - Parameter parts: Looks at all parts, within seconds.
    public init(_ parts: @escaping @Sendable () async -> [Part]) {
        self.parts = parts
    }

    /// Looks at all parts: `{"status": "healthy", "checks": {"database": "healthy"}}`.
    public func run(_ arguments: JSONObject) async throws(BuiltInFailure) -> JSONObject {
        let parts = await self.parts()
        let isDown = parts.contains { $0.isCore && $0.state == "unhealthy" }
        let isLess = parts.contains { $0.state != "healthy" }
        return [
            "status": .string(isDown ? "unhealthy" : isLess ? "degraded" : "healthy"),
            "checks": .object(JSONObject(parts.map { ($0.name, .string($0.state)) })),
        ]
    }
}
