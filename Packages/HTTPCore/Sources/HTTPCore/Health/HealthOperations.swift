import HTTPTypes
public import StrictJSON

/// The operations that orchestrators and operators ask: `/health`, `/livez` and `/readyz` (CONTRACTS decisions).
public struct HealthOperations: Sendable {
    private let version: String
    private let readiness: Readiness
    private let probes: [HealthProbe]
    private let members: @Sendable () -> [(name: String, value: JSONValue)]

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - version: The version to show in `/health`.
    ///   - readiness: The phase of the program.
    ///   - checks: The parts to look at.
    ///   - probeLimit: How long a probe may take.
    ///   - members: Further members of `/health`, such as the id of the node.
    public init(
        version: String, readiness: Readiness, checks: [HealthCheck], probeLimit: Duration = .seconds(2),
        members: @escaping @Sendable () -> [(name: String, value: JSONValue)] = { [] }
    ) {
        self.members = members
        self.version = version
        self.readiness = readiness
        self.probes = checks.map { HealthProbe($0, limit: probeLimit) }
    }

    /// The operations for the router.
    public var operations: [Operation] {
        let status = Schema.object([.required("status", .string())])
        let health = Schema.object([
            .required("status", .choice(["healthy", "degraded", "unhealthy"])),
            .required("version", .string()),
            .required("checks", .map()),
        ])
        return [
            Operation(
                .get, "/health", id: "health", summary: "State of the program and of its parts", tag: "health", access: .anyone,
                answers: [
                    .json(.ok, "Everything that matters works", health),
                    .json(.serviceUnavailable, "A core part is down", health),
                ],
                isObserved: false
            ) { _ in await self.health() },
            Operation(
                .get, "/livez", id: "livez", summary: "Whether the process runs", tag: "health", access: .anyone,
                answers: [.json(.ok, "The process runs", status)]
            ) { _ in .json(.ok, ["status": "alive"]) },
            Operation(
                .get, "/readyz", id: "readyz", summary: "Whether requests can be served", tag: "health", access: .anyone,
                answers: [.json(.ok, "Ready, degraded or not", status), .json(.serviceUnavailable, "Not ready", status)]
            ) { _ in await self.ready() },
        ]
    }

    private func probeAll() async -> [(check: HealthCheck, isHealthy: Bool)] {
        await withTaskGroup(of: (Int, Bool).self) { group in
            for (index, probe) in self.probes.enumerated() {
                group.addTask { (index, await probe.isHealthy()) }
            }
            var healthy = Set<Int>()
            for await (index, isHealthy) in group where isHealthy { healthy.insert(index) }
            return self.probes.enumerated().map { ($1.check, healthy.contains($0)) }
        }
    }

    private func health() async -> OperationResponse {
        let results = await self.probeAll()
        let isCoreDown = results.contains { $0.check.isCore && !$0.isHealthy }
        let isDegraded = results.contains { !$0.isHealthy }
        let checks = results.map { ($0.check.name, JSONValue.string($0.isHealthy ? "healthy" : "unhealthy")) }
        let members: [(String, JSONValue)] =
            [("status", isCoreDown ? "unhealthy" : isDegraded ? "degraded" : "healthy")]
            + self.members().map { ($0.name, $0.value) }
            + [("version", .string(self.version)), ("checks", .object(JSONObject(checks)))]
        return .json(isCoreDown ? .serviceUnavailable : .ok, .object(JSONObject(members)))
    }

    private func ready() async -> OperationResponse {
        guard self.readiness.phase == .ready else {
            return .json(.serviceUnavailable, ["status": .string(self.readiness.phase.rawValue)])
        }
        let failed = await self.probeAll().filter { !$0.isHealthy }
        guard let worst = failed.first(where: \.check.isNeededToServe) ?? failed.first else {
            return .json(.ok, ["status": "ready"])
        }
        let reason = JSONValue.string("\(worst.check.name)_unavailable")
        let state: JSONValue = worst.check.isNeededToServe ? "not_ready" : "degraded"
        return .json(worst.check.isNeededToServe ? .serviceUnavailable : .ok, ["status": state, "reason": reason])
    }
}
