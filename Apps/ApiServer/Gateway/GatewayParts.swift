import AppSupport
import ArgumentParser
import Cryptography
import HTTPCore
import Logging
import Outbound
import Policy
import PrometheusMetrics
import ServiceLifecycle
import Settings
import StrictJSON
import ToolConsole
import ToolGateway
import ToolGatewayHTTP

/// What judges and makes calls of tools.
struct GatewayParts {
    let policies: PolicyStore
    let client: OutboundClient
    let pipeline: GatewayPipeline
    let operations: GatewayOperations

    /// Sets up the tool servers under a policy.
    ///
    /// - Parameters:
    ///   - tools: The tools that the server itself runs.
    ///   - advisor: Gives a second opinion on the risk of calls; none when nil.
    /// - Throws: `ExitCode` 78 after lines on standard error when a setting cannot be used.
    static func make(
        _ settings: SettingsReader, policies: PolicyStore, servers: ToolServers, tools: ToolRegistry, governance: Governance,
        keyring: SecretKeyring, advisor: (any RiskAdvisor)?, registry: PrometheusRegistry, logger: Logger
    ) throws -> GatewayParts {
        let client = try OutboundClient(
            policy: AddressPolicy(allowsPlainHTTP: true, allowed: servers.destinations),
            configuration: try Self.outbound(settings), logger: logger)
        let executor = BuiltInExecutor(
            registry: tools, others: HTTPToolExecutor(servers: servers, client: client, logger: logger))
        let metrics = try GatewayMetrics(policies: policies, registry: registry)
        let pipeline = try GatewayPipeline(
            GatewayPipeline.Parts(
                policies: policies, executor: executor, desk: governance.approvals.desk, journal: governance.audit.journal,
                keyring: keyring, advisor: advisor,
                argumentHash: try settings.value(of: ApiServerSettings.auditArgumentHash)),
            logger: logger, observer: { metrics.record($0) })
        return GatewayParts(
            policies: policies, client: client, pipeline: pipeline,
            operations: GatewayOperations(pipeline: pipeline, servers: servers, further: [ToolRegistry.builtInServer]))
    }

    /// The servers that run tools.
    static func servers(_ settings: SettingsReader) throws -> ToolServers {
        do {
            return try ToolServers(
                baseURLs: Self.object(try settings.value(of: ApiServerSettings.toolServers)),
                secrets: Self.object(try settings.value(of: ApiServerSettings.toolSecrets)), timeout: Self.timeout(settings))
        } catch let error as ToolGatewayError {
            throw Program.fail("MCP_SERVER_BASE_URLS, MCP_SERVER_SHARED_SECRETS: \(error)", code: SettingsError.exitCode)
        }
    }

    /// A call is given up before the request is, so that its caller hears what became of it; where a model is asked first, that
    /// takes its time, too.
    private static func timeout(_ settings: SettingsReader) throws -> Duration {
        let request = try settings.value(of: ApiServerSettings.requestDeadline)
        let advice = try settings.value(of: ApiServerSettings.modelURL) == nil ? .zero : ModelParts.riskTimeout(settings)
        return try min(settings.value(of: ApiServerSettings.toolTimeout), max(request - advice - .seconds(2), request / 2))
    }

    private static func outbound(_ settings: SettingsReader) throws -> OutboundConfiguration {
        var configuration = OutboundConfiguration()
        let timeout = try Self.timeout(settings)
        configuration.wholeTimeout = timeout
        configuration.firstByteTimeout = timeout
        configuration.silenceTimeout = timeout
        configuration.requestBodyLimit = 8 << 20
        configuration.responseBodyLimit = 4 << 20
        configuration.concurrencyLimit = 512
        configuration.hostConcurrencyLimit = 128
        configuration.waitingLimit = 1_024
        configuration.idleConnectionLimit = 128
        return configuration
    }

    private static func object(_ text: String) -> JSONValue {
        (try? JSONValue(parsing: text.utf8)) ?? .null
    }

    /// Whether policy files that were changed are in force.
    static func healthCheck(of policies: PolicyStore) -> HealthCheck {
        HealthCheck(name: "policy", isCore: false) {
            if policies.state.failure != nil { throw PolicyIsStale() }
        }
    }

    var services: [any Service] { [self.client, self.policies, self.pipeline] }
}

/// The policy files have faults, so the last good revision stays in force.
private struct PolicyIsStale: Error, CustomStringConvertible {
    let description = "the policy files have faults; the last good revision is in force"
}
