import AppSupport
import ArgumentParser
import Credentials
import CredentialsHTTP
import Cryptography
import HTTPCore
import LogOutput
import Logging
import Persistence
import SecretScanning
import ServiceLifecycle
import Settings
import ToolConsole
import ToolConsoleHTTP
import ToolGateway

/// The operations console: deposited credentials, tools, and the state as older clients read it (CONTRACTS §1.2).
struct ConsoleParts {
    let credentials: CredentialStore
    let operations: [Operation]

    /// What the console meets.
    struct Surroundings {
        let database: any Database
        let keyring: SecretKeyring
        let health: HealthOperations
        let registry: ToolRegistry
        let pipeline: GatewayPipeline
        /// Whether limits are counted in Redis.
        let sharesLimits: Bool
        /// Whether cookies are for HTTPS alone.
        let isSecure: Bool
    }

    static func make(_ settings: SettingsReader, _ surroundings: Surroundings, logger: Logger) throws -> ConsoleParts {
        var configuration = CredentialsConfiguration()
        configuration.lifetime = try settings.value(of: ConsoleSettings.credentialsLifetime)
        let store = CredentialStore(
            database: surroundings.database, keyring: surroundings.keyring, configuration: configuration, logger: logger)
        let limits = ConsoleHealthOperation.Limits(
            isEnabled: try settings.value(of: ApiServerSettings.limitsEnabled),
            storageCheck: surroundings.sharesLimits ? "redis" : nil,
            texts: (
                try settings.value(of: ConsoleSettings.authLimit).text,
                try settings.value(of: ConsoleSettings.executionLimit).text,
                try settings.value(of: ConsoleSettings.readLimit).text
            ))
        return ConsoleParts(
            credentials: store,
            operations: CredentialOperations(store: store, isSecure: surroundings.isSecure).operations
                + ToolConsoleOperations(registry: surroundings.registry, pipeline: surroundings.pipeline).operations
                + [ConsoleHealthOperation(health: surroundings.health, limits: limits).operation])
    }

    /// The tools of the server itself, and the tool servers.
    ///
    /// - Throws: `ExitCode` 78 after a line on standard error when a tool server has a name that something built in has.
    static func registry(
        _ settings: SettingsReader, servers: ToolServers, health: HealthOperations?, database url: DatabaseURL?,
        recent: RecentLines
    ) throws -> ToolRegistry {
        let check = HealthCheckTool {
            await (health?.parts() ?? []).map {
                HealthCheckTool.Part(name: $0.name, state: $0.finding.state.rawValue, isCore: $0.isCore)
            }
        }
        let collector = LogCollectorTool(scanner: Scanner()) { recent.newest($0) }
        let builtIns: [(tool: any BuiltInTool, isEnabled: Bool)] = [
            (check, try settings.value(of: ConsoleSettings.healthCheckEnabled)),
            (
                DiskCleanupTool(try Self.places(settings, database: url)),
                try settings.value(of: ConsoleSettings.diskCleanupEnabled)
            ),
            (collector, try settings.value(of: ConsoleSettings.logCollectorEnabled)),
        ]
        do throws(ToolConsoleError) {
            return try ToolRegistry(builtIns: builtIns, servers: servers.names)
        } catch {
            throw Program.fail("MCP_SERVER_BASE_URLS: \(error)", code: SettingsError.exitCode)
        }
    }

    /// The folders of the setting, else `tmp` beside a SQLite file, else `var/tmp`; and what was left of uploads that broke off.
    private static func places(_ settings: SettingsReader, database url: DatabaseURL?) throws -> [CleanupPlace] {
        let age = Duration.seconds(try settings.value(of: ConsoleSettings.cleanupHours) * 3_600)
        var folders = try settings.value(of: ConsoleSettings.cleanupFolders)
        if folders.isEmpty { folders = [url?.place(named: "tmp") ?? "var/tmp"] }
        let uploads = CleanupPlace(
            folder: try RetrievalParts.folderPath(settings, database: url), names: .identifiers, suffixes: [".part", ".id"],
            minimumAge: age)
        return folders.map { CleanupPlace(folder: $0, minimumAge: age) } + [uploads]
    }

    var services: [any Service] { [CredentialUpkeep(self.credentials)] }
}
