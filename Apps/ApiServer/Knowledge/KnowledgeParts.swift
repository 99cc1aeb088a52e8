import Audit
import Auth
import ContentScreening
import Cryptography
import HTTPCore
import Identity
import Knowledge
import KnowledgeFreshness
import KnowledgeHTTP
import Logging
import Persistence
import PrometheusMetrics
import ServiceLifecycle
import Settings

/// The knowledge base.
struct KnowledgeParts {
    let operations: [Operation]
    let services: [any Service]

    /// Puts it together over a database at the newest schema.
    ///
    /// - Throws: `ExitCode` 78 after a line on standard error when a setting cannot be used.
    static func make(
        _ settings: SettingsReader, database: any Database, keyring: SecretKeyring, keys: KeyStore, gate: ContentGate,
        journal: Journal, registry: PrometheusRegistry, logger: Logger
    ) throws -> KnowledgeParts {
        let freshness = try FreshnessParts.make(settings, database: database, registry: registry, logger: logger)
        let contributors = KeyContributors(keys: keys)
        let traces = TraceStore(database: database)
        let amendments = AmendmentStore(database: database, keyring: keyring)
        let flags = FlagStore(database: database)
        let moderation = TraceModeration(
            database: database, ledger: JournalModeration(journal: journal), logger: logger)
        let threshold = try settings.value(of: ApiServerSettings.validationThreshold)
        let stores = TraceOperations.Stores(
            traces: traces, list: TraceList(database: database, keyring: keyring),
            amendments: amendments, freshness: freshness.store)
        var operations = TraceOperations(
            stores: stores, gate: gate, contributors: contributors, onStored: { [queue = freshness.queue] in queue.wake() }
        ).operations
        operations +=
            SearchOperations(
                search: TraceSearch(database: database, metrics: try KnowledgeMetrics(registry: registry))
            ).operations
        operations +=
            VoteOperations(
                store: try VoteStore(database: database, threshold: threshold), gate: gate, contributors: contributors
            ).operations
        operations += AmendmentOperations(store: amendments, gate: gate, contributors: contributors).operations
        operations += FlagOperations(store: flags, gate: gate, contributors: contributors).operations
        operations += ModerationOperations(moderation: moderation, flags: flags).operations
        operations +=
            CatalogueOperations(
                tags: TagCatalogue(database: database), reputations: ReputationStore(database: database)
            ).operations
        operations +=
            TelemetryOperations(
                store: TelemetryStore(database: database), gate: gate, contributors: contributors
            ).operations
        return KnowledgeParts(
            operations: operations, services: freshness.services + [SearchIndexer(store: traces, logger: logger)])
    }
}

/// Callers write as the users that the key store knows.
private struct KeyContributors: ContributorDirectory {
    let keys: KeyStore

    func contributorID(of caller: Caller) async throws -> String? {
        do {
            return try await self.keys.contributorID(of: caller)
        } catch let error as AuthError where error.code == .unknownUser {
            return nil
        }
    }
}
