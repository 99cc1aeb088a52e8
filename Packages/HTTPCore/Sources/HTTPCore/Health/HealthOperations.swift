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
            .optional("details", .map()),
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

    /// Looks at all parts, as `/health` does: each for no longer than the limit, and once for all who ask at the same time.
    public func parts() async -> [HealthPart] {
        await self.probeAll().map { HealthPart(name: $0.check.name, isCore: $0.check.isCore, finding: $0.finding) }
    }

    private func probeAll() async -> [(check: HealthCheck, finding: HealthFinding)] {
        await withTaskGroup(of: (Int, HealthFinding).self) { group in
            for (index, probe) in self.probes.enumerated() {
                group.addTask { (index, await probe.finding()) }
            }
            var findings: [Int: HealthFinding] = [:]
            for await (index, finding) in group { findings[index] = finding }
            return self.probes.enumerated().map { ($1.check, findings[$0] ?? HealthFinding(.unhealthy)) }
        }
    }

    private func health() async -> OperationResponse {
        let results = await self.probeAll()
        let isCoreDown = results.contains { $0.check.isCore && $0.finding.state == .unhealthy }
        let isDegraded = results.contains { $0.finding.state != .healthy }
        let checks = results.map { ($0.check.name, JSONValue.string($0.finding.state.rawValue)) }
        let details = results.filter { !$0.finding.details.isEmpty }.map { ($0.check.name, JSONValue.object($0.finding.details)) }
        var members: [(String, JSONValue)] =
            [("status", isCoreDown ? "unhealthy" : isDegraded ? "degraded" : "healthy")]
            + self.members().map { ($0.name, $0.value) }
            + [("version", .string(self.version)), ("checks", .object(JSONObject(checks)))]
        if !details.isEmpty { members.append(("details", .object(JSONObject(details)))) }
        return .json(isCoreDown ? .serviceUnavailable : .ok, .object(JSONObject(members)))
    }

    private func ready() async -> OperationResponse {
        guard self.readiness.phase == .ready else {
            return .json(.serviceUnavailable, ["status": .string(self.readiness.phase.rawValue)])
        }
        let results = await self.probeAll()
        let failed = results.filter { $0.finding.state == .unhealthy }
        if let needed = failed.first(where: \.check.isNeededToServe) {
            return .json(.serviceUnavailable, ["status": "not_ready", "reason": .string("\(needed.check.name)_unavailable")])
        }
        if let worst = failed.first {
            return .json(.ok, ["status": "degraded", "reason": .string("\(worst.check.name)_unavailable")])
        }
        guard let lesser = results.first(where: { $0.finding.state == .degraded }) else {
            return .json(.ok, ["status": "ready"])
        }
        return .json(.ok, ["status": "degraded", "reason": .string("\(lesser.check.name)_degraded")])
    }
}

/// How one part of the program fares.
public struct HealthPart: Sendable {
    /// The name of its check, such as `database`.
    public let name: String
    /// Whether the program is of no use without it.
    public let isCore: Bool
    /// What was found out.
    public let finding: HealthFinding
}
