public import Cryptography
public import Logging
public import Outbound
public import Persistence
public import ServiceLifecycle
import Synchronization

/// Brings what is in the outbox to its receivers, at least once each.
///
/// It takes deliveries that are due, one claim each, so that of several servers one makes the attempt; sends; and keeps the outcome. A
/// server that dies in between lets the claim run out, and the message is sent again under the same `webhook-id`. Attempts follow
/// ``WebhookConfiguration/schedule``; only 2xx is success. An endpoint that answers 410 is disabled at once, and one where attempts
/// fail and none has succeeded for ``WebhookConfiguration/failingLimit`` is disabled at the next failure. When the database is away
/// it waits, longer each time up to ten seconds.
///
/// It is a service: run it in the app's group, after the database and the client. On graceful shutdown it begins no attempt and ends
/// those under way, within ``WebhookConfiguration/attemptTimeout``.
public final class WebhookDispatcher: Service {
    private static let longestOutagePause = Duration.seconds(10)
    private static let depthPause = Duration.seconds(15)

    let database: any Database
    let client: OutboundClient
    let configuration: WebhookConfiguration
    let secrets: SecretTable
    let metrics: WebhookMetrics?
    let logger: Logger
    let seams: DispatcherSeams
    let alarm: Alarm
    let table: DispatchTable
    let slots: Mutex<SlotTable>

    /// Creates a dispatcher over a migrated database; starts nothing.
    ///
    /// - Parameters:
    ///   - database: Where the chain `webhooks` is up to date.
    ///   - outbox: The outbox of this process, which wakes it.
    ///   - client: Sends; made with ``WebhookConfiguration/outbound``, and with the policy that says where messages may go.
    ///   - keyring: The server's secrets, which open those of endpoints.
    ///   - configuration: Bounds, deadlines and the schedule.
    ///   - metrics: Counts attempts, if anybody wants to know.
    ///   - logger: Hears of endpoints that are disabled at `notice`, and of attempts at `debug`; of URLs it gets scheme, host and port.
    /// - Throws: ``WebhooksError`` with code `invalidConfiguration`.
    public convenience init(
        database: any Database, outbox: WebhookOutbox, client: OutboundClient, keyring: SecretKeyring,
        configuration: WebhookConfiguration = WebhookConfiguration(), metrics: WebhookMetrics? = nil, logger: Logger
    ) throws(WebhooksError) {
        try self.init(
            database: database, outbox: outbox, client: client, keyring: keyring, configuration: configuration, metrics: metrics,
            logger: logger, seams: DispatcherSeams())
    }

    package init(
        database: any Database, outbox: WebhookOutbox, client: OutboundClient, keyring: SecretKeyring,
        configuration: WebhookConfiguration, metrics: WebhookMetrics?, logger: Logger, seams: DispatcherSeams
    ) throws(WebhooksError) {
        try configuration.validate()
        self.database = database
        self.client = client
        self.configuration = configuration
        self.secrets = SecretTable(keyring: keyring)
        self.metrics = metrics
        self.logger = logger
        self.seams = seams
        self.alarm = outbox.alarm
        self.table = DispatchTable(database: database, configuration: configuration)
        self.slots = Mutex(
            SlotTable(limit: configuration.concurrencyLimit, endpointLimit: configuration.endpointConcurrencyLimit))
    }

    /// Delivers until the group shuts down; called once, by the service group.
    ///
    /// Cancelling it ends attempts under way; those are made again when their claims have run out.
    public func run() async {
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.sweep() }
                await self.dispatch()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Ends ``run()`` as a shutdown of the group does.
    package func stop() {
        self.alarm.stop()
    }

    private func dispatch() async {
        await withDiscardingTaskGroup { group in
            var after = ""
            var outagePause = Duration.zero
            var nextDepthAt = self.seams.now()
            while !self.alarm.isStopped, !Task.isCancelled {
                var pause = self.configuration.pollPause
                do {
                    let now = self.seams.now()
                    if now >= nextDepthAt, let metrics = self.metrics {
                        metrics.show(depth: try await self.table.depth())
                        nextDepthAt = now.advanced(by: Self.depthPause)
                    }
                    let look = try await self.table.look(after: after)
                    for claim in try await self.claim(look.endpoints.filter { $0.dueAt <= now }, at: now) {
                        group.addTask { await self.deliver(claim) }
                    }
                    outagePause = .zero
                    after = look.last ?? ""
                    // There is more to see before it is time to rest.
                    if look.last != nil { continue }
                    if let next = look.endpoints.lazy.map(\.dueAt).filter({ $0 > now }).min() {
                        pause = min(pause, max(now.duration(to: next), .milliseconds(1)))
                    }
                } catch {
                    if Task.isCancelled { break }
                    outagePause = min(max(outagePause * 2, self.configuration.pollPause), Self.longestOutagePause)
                    self.logger.debug("webhooks wait for the database", metadata: ["webhook.error": "\(error)"])
                    // Whoever enqueues cannot reach it either, and attempts that end must not hurry this loop on.
                    await self.rest(for: outagePause)
                    continue
                }
                await self.alarm.wait(for: pause, sleep: self.seams.sleep)
            }
        }
    }

    private func claim(_ due: [BusyEndpoint], at now: Timestamp) async throws -> [Claim] {
        let allotments = self.slots.withLock { $0.allot(due) }
        guard !allotments.isEmpty else { return [] }
        var claims: [Claim] = []
        defer {
            // Places that nothing was claimed for: another server was quicker, or fewer were due.
            for allotment in allotments {
                let used = claims.count { $0.endpointID == allotment.endpointID }
                self.slots.withLock {
                    $0.release(allotment.endpointID, isFailing: allotment.isFailing, count: allotment.count - used)
                }
            }
        }
        claims = try await self.table.claim(allotments, at: now)
        return claims
    }

    /// Waits out a pause, unless it is time to end.
    private func rest(for pause: Duration) async {
        let end = self.seams.now().advanced(by: pause)
        while !self.alarm.isStopped, !Task.isCancelled {
            let left = self.seams.now().duration(to: end)
            guard left > .zero else { return }
            await self.alarm.wait(for: left, sleep: self.seams.sleep)
        }
    }

    private func sweep() async {
        let sweep = Sweep(database: self.database, configuration: self.configuration, secrets: self.secrets)
        while !Task.isCancelled {
            do {
                try await sweep.run(at: self.seams.now())
            } catch {
                if Task.isCancelled { return }
                // What was not cleared now is cleared an hour later.
                self.logger.debug("old webhooks stay for now", metadata: ["webhook.error": "\(error)"])
            }
            do { try await self.seams.sleep(self.configuration.sweepPause) } catch { return }
        }
    }
}
