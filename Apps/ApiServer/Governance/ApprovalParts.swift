import Approval
import ApprovalHTTP
import ApprovalRedis
import Audit
import Auth
import Cryptography
import Identity
import Logging
import Persistence
import PrometheusMetrics
import Settings
import Webhooks

/// Requests that wait for a person's yes.
struct ApprovalParts {
    let desk: ApprovalDesk
    let keeper: ApprovalKeeper
    let operations: ApprovalOperations

    /// What approvals meet: where attempts are recorded, who may decide, and who is told.
    struct Surroundings {
        let journal: Journal
        let directory: any ApproverDirectory
        let outbox: WebhookOutbox
        let redis: SharedRedis?
    }

    static func make(
        _ settings: SettingsReader, database: any Database, keyring: SecretKeyring, surroundings: Surroundings,
        registry: PrometheusRegistry, logger: Logger
    ) throws -> ApprovalParts {
        var configuration = ApprovalConfiguration()
        configuration.lifetime = try settings.value(of: ApiServerSettings.approvalLifetime)
        configuration.retention = .seconds(try settings.value(of: ApiServerSettings.approvalRetention) * 86_400)
        let desk = ApprovalDesk(
            database: database, keyring: keyring, ledger: JournalLedger(journal: surroundings.journal),
            directory: surroundings.directory, outbox: WebhookApprovalOutbox(outbox: surroundings.outbox),
            notifier: WakingNotifier(outbox: surroundings.outbox, log: LogNotifier(logger: logger)),
            cache: surroundings.redis.map { RedisApprovalCache(client: $0.client) },
            metrics: try ApprovalMetrics(registry: registry), configuration: configuration, logger: logger)
        return ApprovalParts(desk: desk, keeper: ApprovalKeeper(desk), operations: ApprovalOperations(desk: desk))
    }
}

/// Tells the receivers of webhooks, from within the transaction of what they are told.
private struct WebhookApprovalOutbox: ApprovalOutbox {
    let outbox: WebhookOutbox

    func write(_ notice: ApprovalNotice, on connection: any DatabaseConnection) throws {
        try self.outbox.enqueue(notice.kind.rawValue, data: notice.json, organisation: notice.organisation, in: connection)
    }
}

/// Writes the prescribed log lines, and wakes what sends webhooks, once the change is committed.
private struct WakingNotifier: ApprovalNotifier {
    let outbox: WebhookOutbox
    let log: LogNotifier

    func notify(_ notice: ApprovalNotice) async {
        self.outbox.wake()
        await self.log.notify(notice)
    }
}

/// Who may decide: administrators among the gateway callers, and the holder of the setting `ADMIN_API_KEY`.
struct AdministratorDirectory: ApproverDirectory {
    let keys: KeyStore
    /// Whether the setting `ADMIN_API_KEY` is set now.
    let hasAdminKey: Bool

    func standing(
        of party: ApprovalParty, presenting key: KeyID?, in connection: any DatabaseConnection
    ) throws -> ApproverStanding {
        guard party.kind == .gatewayCaller else { return .mayNotDecide }
        if party.id == AdminAPIKey.callerID {
            return self.hasAdminKey && party.organisation == .default ? .mayDecide(person: nil) : .mayNotDecide
        }
        guard let standing = try self.keys.standing(of: party.id, presenting: key, in: connection),
            standing.role == Role.admin.text, standing.organisation == party.organisation
        else { return .mayNotDecide }
        return .mayDecide(person: standing.person)
    }
}
