import AppSupport
import Auth
import AuthHTTP
import ContentScreening
import Cryptography
import HTTPCore
import HTTPTypes
import Identity
import Knowledge
import KnowledgeHTTP
import Logging
import NIOSSL
import Persistence
import PrometheusMetrics
import RateLimit
import RateLimitHTTP
import Settings

/// The parts of the server, put together.
struct ServerParts {
    let database: any Database
    let authority: KeyAuthority
    let keys: KeyStore
    let readiness: Readiness
    let service: HTTPService
    let server: HTTPServer.Configuration
    /// Limits that are shared with other servers, if a Redis is set.
    let sharedLimits: SharedLimits?

    /// Opens the database at its newest schema, and builds everything on it.
    ///
    /// - Parameter migrates: Whether the schema of a PostgreSQL database is brought up to date; one of SQLite always is.
    /// - Throws: `ExitCode` after a line on standard error that says what went wrong.
    static func make(_ settings: SettingsReader, migrates: Bool = false, logger: Logger) async throws -> ServerParts {
        let server = try Self.serverConfiguration(settings)
        let place = ServerDatabase(url: try ServerDatabase.url(settings), settings: settings, program: "api-server")
        try place.checkSecret()
        return try await place.translatingErrors {
            let database = try await place.open(migrates: migrates) { MigrationLog.note($0, on: logger) }
            do {
                // Nothing is sealed yet; a secret that cannot be used shall show now and not on the day it is needed.
                _ = try Self.keyring(settings, database: place.url)
                return try Self.assemble(settings, database: database, server: server, logger: logger)
            } catch {
                await database.close()
                throw error
            }
        }
    }

    /// Looks at what single settings cannot tell about themselves: the TLS files, the database's URL and what it needs.
    ///
    /// - Throws: `ExitCode` 78 after a line on standard error.
    static func checkSettings(_ settings: SettingsReader) throws {
        _ = try self.serverConfiguration(settings)
        let url = try ServerDatabase.url(settings)
        try ServerDatabase(url: url, settings: settings, program: "api-server").checkSecret()
    }

    private static func assemble(
        _ settings: SettingsReader,
        database: any Database,
        server: HTTPServer.Configuration,
        logger: Logger
    ) throws -> ServerParts {
        let registry = PrometheusRegistry()
        try registry.registerProcessMetrics()
        try registry.registerBuildInfo(version: Gatehouse.version)
        let readiness = Readiness()
        let keys = KeyStore(database: database)
        let authority = KeyAuthority(database: database, logger: logger)
        let limits = try Limits.make(settings, registry: registry, logger: logger)
        let health = HealthOperations(
            version: Gatehouse.version,
            readiness: readiness,
            checks: [
                HealthCheck(name: "database", isCore: true) {
                    // A table of the newest schema: a database that was taken back is of no use either.
                    _ = try await database.queryOne("SELECT changes FROM caller_key_changes")
                }
            ] + (limits.shared.map { [$0.healthCheck] } ?? [])
        )
        var operations = health.operations
        if try settings.value(of: ApiServerSettings.metricsEnabled) {
            operations += MetricsOperations.operations(showing: registry)
        }
        let gate = ContentGate(
            mode: try settings.value(of: ApiServerSettings.secretScanMode), metrics: try ContentMetrics(registry: registry))
        operations += KeyOperations(store: keys, gate: gate).operations
        operations += TraceOperations(store: TraceStore(database: database), gate: gate).operations

        var configuration = HTTPService.Configuration(keyHeader: try Self.keyHeader(settings))
        configuration.version = Gatehouse.version
        configuration.trustedProxies = try settings.value(of: ApiServerSettings.trustedProxies).map { try CIDRBlock(parsing: $0) }
        configuration.corsOrigins = try settings.value(of: ApiServerSettings.corsOrigins)
        configuration.failedAuthenticationLimit = KeyOperations.failedAuthenticationLimit
        configuration.requestDeadline = try settings.value(of: ApiServerSettings.requestDeadline)
        configuration.bodyTimeout = try settings.value(of: ApiServerSettings.bodyTimeout)
        let service = try HTTPService(
            operations: operations,
            parts: HTTPService.Parts(
                resolver: authority,
                limits: limits.enforcer,
                metrics: try HTTPMetrics(registry: registry),
                translate: ProblemTranslation.problem(of:)
            ),
            configuration: configuration
        )
        var server = server
        server.isStopping = { readiness.phase == .draining }
        return ServerParts(
            database: database, authority: authority, keys: keys, readiness: readiness, service: service,
            server: server, sharedLimits: limits.shared)
    }

    private static func serverConfiguration(_ settings: SettingsReader) throws -> HTTPServer.Configuration {
        var configuration = HTTPServer.Configuration(
            host: try settings.value(of: ApiServerSettings.host),
            port: try settings.value(of: ApiServerSettings.port)
        )
        let certificate = try settings.value(of: ApiServerSettings.tlsCertificate)
        let privateKey = try settings.value(of: ApiServerSettings.tlsPrivateKey)
        switch (certificate, privateKey) {
        case (nil, nil):
            break
        case (let certificate?, let privateKey?):
            do {
                configuration.tls = try TLSConfiguration.server(certificates: certificate, privateKey: privateKey)
            } catch {
                throw Program.fail(
                    "TLS_CERTIFICATE, TLS_PRIVATE_KEY: the files hold no usable certificate and key (\(error))",
                    code: SettingsError.exitCode)
            }
        case (_?, nil):
            throw Program.fail("TLS_PRIVATE_KEY: is not set; allowed: the key of TLS_CERTIFICATE", code: SettingsError.exitCode)
        case (nil, _?):
            throw Program.fail(
                "TLS_CERTIFICATE: is not set; allowed: the certificate of TLS_PRIVATE_KEY", code: SettingsError.exitCode)
        }
        return configuration
    }

    /// The server's own secret: as set, else kept in a file beside the embedded database.
    private static func keyring(_ settings: SettingsReader, database: DatabaseURL) throws -> SecretKeyring {
        if let text = try settings.value(of: ApiServerSettings.secretKey) { return try SecretKeyring(parsing: text) }
        switch database.location {
        case .sqliteFile(let path):
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            return try SecretKeyFile.loadOrCreate(path: folder + "secret.key")
        case .sqliteMemory:
            return SecretKeyring(current: try ServerSecret.random())
        case .postgres:
            throw Program.fail(ServerDatabase.missingSecret, code: SettingsError.exitCode)
        }
    }

    private static func keyHeader(_ settings: SettingsReader) throws -> HTTPField.Name {
        let name = try settings.value(of: ApiServerSettings.keyHeader)
        guard let header = HTTPField.Name(name) else {
            throw Program.fail("API_KEY_HEADER_NAME: \"\(name)\" is not a header name", code: SettingsError.exitCode)
        }
        return header
    }
}
