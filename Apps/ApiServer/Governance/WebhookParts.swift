import AppSupport
import Approval
import ArgumentParser
import Audit
import Cryptography
import Logging
import Outbound
import Persistence
import PrometheusMetrics
import Settings
import Webhooks
import WebhooksHTTP

/// Messages to programs of others.
struct WebhookParts {
    let outbox: WebhookOutbox
    let client: OutboundClient
    let dispatcher: WebhookDispatcher
    let operations: WebhookOperations

    /// - Throws: `ExitCode` after a line on standard error when a setting cannot be used.
    static func make(
        _ settings: SettingsReader, database: any Database, keyring: SecretKeyring, journal: Journal,
        registry: PrometheusRegistry,
        logger: Logger
    ) throws -> WebhookParts {
        var configuration = WebhookConfiguration()
        configuration.retention = .seconds(try settings.value(of: ApiServerSettings.webhookRetention) * 86_400)
        configuration.eventTypes = Set(ApprovalNotice.Kind.allCases.map(\.rawValue))
        let policy = AddressPolicy(
            allowsPlainHTTP: try settings.value(of: ApiServerSettings.webhookPlainHTTP),
            allowed: try settings.value(of: ApiServerSettings.webhookDestinations).map { try AllowedDestination(parsing: $0) })
        let client = try OutboundClient(policy: policy, configuration: configuration.outbound, logger: logger)
        let outbox = try WebhookOutbox(configuration: configuration)
        let dispatcher = try WebhookDispatcher(
            database: database, outbox: outbox, client: client, keyring: keyring, configuration: configuration,
            metrics: try WebhookMetrics(registry: registry), logger: logger)
        let endpoints = try WebhookEndpoints(
            database: database, client: client, keyring: keyring, ledger: JournalWebhooks(journal: journal), logger: logger,
            configuration: configuration)
        return WebhookParts(
            outbox: outbox, client: client, dispatcher: dispatcher,
            operations: WebhookOperations(endpoints: endpoints, limits: [Limits.webhooks]))
    }
}
