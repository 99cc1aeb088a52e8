import AppSupport
import AuditHTTP
import Auth
import AuthHTTP
import ContentScreening
import Cryptography
import HTTPCore
import HTTPTypes
import Idempotency
import Identity
import KnowledgeHTTP
import LogOutput
import Logging
import NIOSSL
import Persistence
import PrometheusMetrics
import RateLimit
import RateLimitHTTP
import ServiceLifecycle
import Settings
import ToolGatewayHTTP

/// The parts of the server, put together.
struct ServerParts {
    let database: any Database
    let keys: KeyStore
    let readiness: Readiness
    let service: HTTPService
    let server: HTTPServer.Configuration
    /// What works beside the requests, in the order of starting; stopped from the last to the first.
    let background: [any Service]

    /// Opens the database at its newest schema, and builds everything on it.
    ///
    /// - Parameters:
    ///   - migrates: Whether the schema of a PostgreSQL database is brought up to date; one of SQLite always is.
    ///   - recent: Gets the lines of the log, for the tool that collects them.
    /// - Throws: `ExitCode` after a line on standard error that says what went wrong.
    static func make(
        _ settings: SettingsReader, migrates: Bool = false, recent: RecentLines = RecentLines(), logger: Logger
    ) async throws -> ServerParts {
        let server = try Self.serverConfiguration(settings)
        let place = ServerDatabase(url: try ServerDatabase.url(settings), settings: settings, program: "api-server")
        try place.checkSecret()
        return try await place.translatingErrors {
            let database = try await place.open(migrates: migrates) { MigrationLog.note($0, on: logger) }
            do {
                let stores = Stores(
                    database: database, url: place.url, keyring: try ServerKeyring.load(settings, database: place.url),
                    redis: try SharedRedis.make(settings, logger: logger))
                return try await Self.assemble(settings, stores: stores, server: server, recent: recent, logger: logger)
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
        _ = try ConsoleParts.registry(
            settings, servers: try GatewayParts.servers(settings), health: nil, database: url, recent: RecentLines())
        _ = try ModelParts.configuration(settings)
        _ = try FreshnessParts.indexConfiguration(settings)
    }

    /// What everything stands on.
    private struct Stores {
        let database: any Database
        let url: DatabaseURL
        let keyring: SecretKeyring
        let redis: SharedRedis?
    }

    private static func assemble(
        _ settings: SettingsReader,
        stores: Stores,
        server: HTTPServer.Configuration,
        recent: RecentLines,
        logger: Logger
    ) async throws -> ServerParts {
        let database = stores.database
        let registry = PrometheusRegistry()
        try registry.registerProcessMetrics()
        try registry.registerBuildInfo(version: Gatehouse.version)
        let readiness = Readiness()
        let keys = KeyStore(database: database)
        var authorityConfiguration = KeyAuthorityConfiguration()
        authorityConfiguration.sessionLifetime = try settings.value(of: ApiServerSettings.sessionLifetime)
        let authority = KeyAuthority(database: database, configuration: authorityConfiguration, logger: logger)
        let limits = try Limits.make(settings, redis: stores.redis, registry: registry, logger: logger)
        let governance = try await Governance.make(
            settings, database: database, at: stores.url, keyring: stores.keyring, redis: stores.redis, keys: keys,
            registry: registry, logger: logger)
        let model = try ModelParts.make(settings, registry: registry, logger: logger)
        let policies = try PolicyFiles.store(settings, logger: logger)
        let health = HealthOperations(
            version: Gatehouse.version,
            readiness: readiness,
            checks: [
                HealthCheck(name: "database", isCore: true) {
                    // A table of the newest schema: a database that was taken back is of no use either.
                    _ = try await database.queryOne("SELECT changes FROM caller_key_changes")
                },
                governance.audit.journal.healthCheck, GatewayParts.healthCheck(of: policies),
            ] + (stores.redis.map { [$0.healthCheck] } ?? [])
        )
        let servers = try GatewayParts.servers(settings)
        let tools = try ConsoleParts.registry(
            settings, servers: servers, health: health, database: stores.url, recent: recent)
        let gateway = try GatewayParts.make(
            settings, policies: policies, servers: servers, tools: tools, governance: governance, keyring: stores.keyring,
            advisor: model?.advisor, registry: registry, logger: logger)
        let isSecure = try server.tls != nil || settings.value(of: ApiServerSettings.secureCookies)
        let console = try ConsoleParts.make(
            settings,
            ConsoleParts.Surroundings(
                database: database, keyring: stores.keyring, health: health, registry: tools, pipeline: gateway.pipeline,
                sharesLimits: stores.redis != nil, isSecure: isSecure),
            logger: logger)
        var operations = health.operations + console.operations
        if try settings.value(of: ApiServerSettings.metricsEnabled) {
            operations += MetricsOperations.operations(showing: registry)
        }
        let gate = ContentGate(
            mode: try settings.value(of: ApiServerSettings.secretScanMode), metrics: try ContentMetrics(registry: registry))
        operations += KeyOperations(store: keys, gate: gate).operations
        let knowledge = try KnowledgeParts.make(
            settings, database: database, keyring: stores.keyring, keys: keys, gate: gate, journal: governance.audit.journal,
            registry: registry, logger: logger)
        operations += knowledge.operations
        operations +=
            AdminOperations(
                authority: authority, store: keys, limits: limits, failureLimit: KeyOperations.failedAuthenticationLimit,
                ledger: JournalSessions(journal: governance.audit.journal)
            ).operations
        operations += governance.operations + gateway.operations.operations
        let usage = try UsageParts.make(settings, redis: stores.redis, registry: registry, logger: logger)
        let retrieval = try await RetrievalParts.make(
            settings,
            RetrievalParts.Surroundings(
                database: database, url: stores.url, keyring: stores.keyring, model: model?.client, budget: usage.budget,
                isSecure: isSecure),
            logger: logger)
        operations += usage.operations + retrieval.operations

        var configuration = HTTPService.Configuration(keyHeader: try Self.keyHeader(settings))
        configuration.version = Gatehouse.version
        configuration.trustedProxies = try settings.value(of: ApiServerSettings.trustedProxies).map { try CIDRBlock(parsing: $0) }
        configuration.corsOrigins = try settings.value(of: ApiServerSettings.corsOrigins)
        configuration.failedAuthenticationLimit = KeyOperations.failedAuthenticationLimit
        // Every line of the log carries the id.
        configuration.acceptsRequestID = IdentifierScreen().isFit
        configuration.requestDeadline = try settings.value(of: ApiServerSettings.requestDeadline)
        configuration.bodyTimeout = try settings.value(of: ApiServerSettings.bodyTimeout)
        let idempotency = try Self.idempotency(settings, stores: stores, registry: registry, logger: logger)
        let service = try HTTPService(
            operations: operations,
            parts: HTTPService.Parts(
                resolver: authority,
                furtherCredentials: try Self.adminCredentials(settings),
                limits: limits,
                metrics: try Self.httpMetrics(registry),
                translate: ProblemTranslation.problem(of:),
                refusals: governance.audit.refusals,
                idempotency: idempotency
            ),
            configuration: configuration
        )
        var server = server
        server.isStopping = { readiness.phase == .draining }
        return ServerParts(
            database: database, keys: keys, readiness: readiness, service: service, server: server,
            background: try Self.watchers(of: authority, at: stores.url) + (stores.redis.map { [$0.client] } ?? [])
                + governance.services + (model?.services ?? []) + gateway.services + knowledge.services
                + console.services + retrieval.services + [IdempotencyUpkeep(idempotency)])
    }

    /// The metrics of requests, under the names of the older knowledge base too.
    private static func httpMetrics(_ registry: PrometheusRegistry) throws -> HTTPMetrics {
        let commons = try CommonsHTTPMetrics(registry: registry)
        return try HTTPMetrics(registry: registry) { commons.observe($0) }
    }

    /// What remembers writes by the keys that clients give them.
    private static func idempotency(
        _ settings: SettingsReader, stores: Stores, registry: PrometheusRegistry, logger: Logger
    ) throws -> IdempotencyStore {
        var configuration = IdempotencyConfiguration()
        configuration.retention = .seconds(try settings.value(of: ApiServerSettings.idempotencyRetention) * 3_600)
        return IdempotencyStore(
            database: stores.database, keyring: stores.keyring, metrics: try IdempotencyMetrics(registry: registry),
            configuration: configuration, logger: logger)
    }

    /// The authority, and on PostgreSQL what tells it at once that keys have changed.
    private static func watchers(of authority: KeyAuthority, at url: DatabaseURL) throws -> [any Service] {
        guard url.dialect == .postgres else { return [authority] }
        return [authority, try KeyChangeListener(authority: authority, url: url)]
    }

    /// The header of older dashboards, if the setting `ADMIN_API_KEY` allows one.
    private static func adminCredentials(_ settings: SettingsReader) throws -> [FurtherCredential] {
        guard let key = try settings.value(of: ApiServerSettings.adminKey).flatMap({ AdminAPIKey($0) }),
            let header = HTTPField.Name("X-Admin-Key")
        else { return [] }
        return [FurtherCredential(header, paths: AdminOperations.adminKeyPaths, resolver: key)]
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

    private static func keyHeader(_ settings: SettingsReader) throws -> HTTPField.Name {
        let name = try settings.value(of: ApiServerSettings.keyHeader)
        guard let header = HTTPField.Name(name) else {
            throw Program.fail("API_KEY_HEADER_NAME: \"\(name)\" is not a header name", code: SettingsError.exitCode)
        }
        return header
    }
}
