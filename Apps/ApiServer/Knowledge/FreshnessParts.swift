import AppSupport
import ArgumentParser
import KnowledgeFreshness
import Logging
import Outbound
import Persistence
import PrometheusMetrics
import ServiceLifecycle
import Settings
import StalenessIndex

/// What keeps traces honest about their age.
struct FreshnessParts {
    let queue = FreshnessQueue()
    let store: FreshnessStore
    let services: [any Service]

    /// Sets up the worker; asks nothing yet, and never anything where the settings name no index.
    ///
    /// - Throws: `ExitCode` 78 after a line on standard error when a setting cannot be used.
    static func make(
        _ settings: SettingsReader, database: any Database, registry: PrometheusRegistry, logger: Logger
    ) throws -> FreshnessParts {
        var configuration = FreshnessConfiguration()
        configuration.recheckInterval = .seconds(3_600 * (try settings.value(of: ApiServerSettings.recheckHours)))
        configuration.checksPerMinute = try settings.value(of: ApiServerSettings.checksPerMinute)
        configuration.traceCondition = "t.removed_at IS NULL"
        return try FreshnessParts(
            database: database, index: try Self.indexConfiguration(settings), configuration: configuration, registry: registry,
            logger: logger)
    }

    private init(
        database: any Database, index: PackageIndexConfiguration?, configuration: FreshnessConfiguration,
        registry: PrometheusRegistry, logger: Logger
    ) throws {
        var client: OutboundClient?
        var packages: PackageIndexClient?
        let indexMetrics = try PackageIndexMetrics(registry: registry)
        if let index {
            let outbound = try OutboundClient(
                policy: index.addressPolicy, configuration: index.outboundConfiguration, logger: logger)
            packages = try PackageIndexClient(index, client: outbound, metrics: indexMetrics, logger: logger)
            client = outbound
        }
        let worker = try FreshnessWorker(
            database: database, queue: self.queue, index: packages, configuration: configuration,
            metrics: try FreshnessMetrics(registry: registry), logger: logger)
        self.store = FreshnessStore(database: database)
        self.services = (client.map { [$0] } ?? []) + [worker]
    }

    /// Where packages are asked about.
    ///
    /// - Returns: Nil where no index is set.
    /// - Throws: `ExitCode` 78 after a line on standard error.
    static func indexConfiguration(_ settings: SettingsReader) throws -> PackageIndexConfiguration? {
        guard let url = try settings.value(of: ApiServerSettings.packageIndexURL) else { return nil }
        let api = try settings.value(of: ApiServerSettings.packageIndexAPI)
        var configuration: PackageIndexConfiguration
        do throws(PackageIndexError) {
            configuration = try PackageIndexConfiguration(baseURL: url, api: api)
        } catch {
            throw Program.fail("STALENESS_INDEX_URL: \(error)", code: SettingsError.exitCode)
        }
        configuration.timeout = try settings.value(of: ApiServerSettings.packageIndexTimeout)
        return configuration
    }
}
