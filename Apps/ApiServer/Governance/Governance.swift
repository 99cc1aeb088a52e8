import AuditHTTP
import Auth
import Cryptography
import ApprovalHTTP
import HTTPCore
import Logging
import Persistence
import PrometheusMetrics
import ServiceLifecycle
import Settings
import WebhooksHTTP

/// Who must say yes, and what happened: the journal, approvals and webhooks, put together.
struct Governance {
    let audit: AuditParts
    let approvals: ApprovalParts
    let webhooks: WebhookParts

    static func make(
        _ settings: SettingsReader, database: any Database, at url: DatabaseURL, keyring: SecretKeyring, redis: SharedRedis?,
        keys: KeyStore, registry: PrometheusRegistry, logger: Logger
    ) async throws -> Governance {
        let audit = try await AuditParts.make(
            settings, database: database, at: url, keyring: keyring, registry: registry, logger: logger)
        let webhooks = try WebhookParts.make(
            settings, database: database, keyring: keyring, journal: audit.journal, registry: registry, logger: logger)
        let directory = AdministratorDirectory(
            keys: keys, hasAdminKey: try settings.value(of: ApiServerSettings.adminKey) != nil)
        let approvals = try ApprovalParts.make(
            settings, database: database, keyring: keyring,
            surroundings: ApprovalParts.Surroundings(
                journal: audit.journal, directory: directory, outbox: webhooks.outbox, redis: redis),
            registry: registry, logger: logger)
        return Governance(audit: audit, approvals: approvals, webhooks: webhooks)
    }

    /// The operations of administrators and approvers.
    var operations: [Operation] {
        self.audit.operations.operations + self.approvals.operations.operations + self.webhooks.operations.operations
    }

    /// The journal first: it stops last, as the others record in it.
    var services: [any Service] {
        [
            self.audit.journal, self.audit.refusals, self.audit.abandoned, self.audit.leftovers, self.webhooks.client,
            self.webhooks.dispatcher,
            self.approvals.keeper,
        ]
    }
}
