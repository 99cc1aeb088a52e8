import Audit
import AuditHTTP
import AuditMetrics
import Cryptography
import Logging
import Persistence
import PrometheusMetrics
import ServiceLifecycle
import Settings

/// The journal and those who read it.
struct AuditParts {
    let journal: Journal
    let operations: AuditOperations
    let refusals: RefusalRecorder
    let abandoned: AbandonedRequests
    let leftovers: LeftSpools

    /// Opens the journal; the database may be away.
    ///
    /// - Throws: `ExitCode` after a line on standard error when the folder cannot be used.
    static func make(
        _ settings: SettingsReader, database: any Database, at url: DatabaseURL, keyring: SecretKeyring,
        registry: PrometheusRegistry, logger: Logger
    ) async throws -> AuditParts {
        var bounds = JournalConfiguration()
        bounds.maximumSpoolBytes = try settings.value(of: ApiServerSettings.auditSpoolMegabytes) << 20
        let configuration = bounds
        let folders = try AuditFolders(settings, database: url)
        @Sendable func open(_ path: String) async throws -> Journal {
            try await Journal.open(
                database: database, folder: path, keyring: keyring, configuration: configuration, logger: logger)
        }
        let (journal, folder) = try await folders.first(open)
        try JournalMetrics.register(journal, in: registry)
        let refusals = RefusalRecorder(journal: journal)
        try JournalMetrics.register(refusals, in: registry)
        return AuditParts(
            journal: journal, operations: AuditOperations(trail: AuditTrail(database: database, keyring: keyring)),
            refusals: refusals, abandoned: AbandonedRequests(journal: journal, logger: logger),
            leftovers: LeftSpools(folders: folders, own: folder, logger: logger, open: open))
    }
}

/// Ends the requests that servers left open when they went away: nobody knows what became of those.
struct AbandonedRequests: Service {
    private static let pause = Duration.seconds(60)

    let journal: Journal
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    await self.close()
                    try await Task.sleep(for: Self.pause)
                }
            }
        } catch is CancellationError {
            // The group shuts down.
        }
    }

    private func close() async {
        do {
            let report = try await self.journal.closeAbandoned()
            guard report.closed > 0 else { return }
            self.logger.notice(
                "requests that a server left open have ended as unknown", metadata: ["count": "\(report.closed)"])
        } catch is CancellationError {
            // The next server does it.
        } catch {
            self.logger.warning(
                "requests that servers left open cannot be ended now", metadata: ["error": .string(String(reflecting: error))])
        }
    }
}
