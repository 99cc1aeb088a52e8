#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Logging
import Persistence
import SecretScanning
public import ServiceLifecycle

/// Takes the text out of uploaded documents, cuts it into passages, and makes these found; removes what was deleted.
///
/// It takes documents that are due, one lease each, so that of several servers one works on each; only the server that holds a file
/// processes it. A server that dies in between lets the lease run out, and the document is taken anew, a bounded number of times. A file
/// that cannot be used fails its own document and no other. While the database is away nothing happens; afterwards it goes on.
///
/// It is a service: run it in the app's group, after the database. On graceful shutdown it begins nothing, and ends what is under way as
/// cancellation does; that is done again when the leases have run out.
public struct DocumentWorker: Service {
    let store: DocumentStore
    let extraction: any TextExtraction
    let leases: DocumentLeases
    let scanner: Scanner
    let logger: Logger
    /// Hears of each document that is done with, for tests.
    var ended: @Sendable (UUID) -> Void = { _ in }

    /// Creates a worker; starts nothing.
    ///
    /// - Parameters:
    ///   - store: The documents; its queue wakes this worker and no other.
    ///   - extraction: Takes text out of files.
    ///   - logger: Gets why documents failed, at `debug`, with their ids and without their texts.
    public init(store: DocumentStore, extraction: any TextExtraction, logger: Logger) {
        self.store = store
        self.extraction = extraction
        self.leases = DocumentLeases(
            database: store.database, server: store.folder.server, configuration: store.configuration)
        self.scanner = Scanner(
            configuration: ScannerConfiguration(
                policies: [.compatible: .report, .further: .report, .own: .report, .generic: .report, .pii: .report]))
        self.logger = logger
    }

    /// Works until the group shuts down; called once, by the service group.
    ///
    /// - Throws: Nothing.
    public func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await cancelWhenGracefulShutdown { await self.work() }
        } onCancelOrGracefulShutdown: {
            self.store.queue.stop()
        }
    }

    private func work() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.tick() }
            group.addTask { await self.sweep() }
            for await _ in self.store.queue.rings {
                if Task.isCancelled { break }
                do {
                    try await self.processDue()
                } catch {
                    if Task.isCancelled { break }
                    self.logger.debug("documents wait for the database", metadata: ["error": .string(String(reflecting: error))])
                }
            }
            group.cancelAll()
        }
    }

    /// Rings now and then for what other processes left.
    private func tick() async {
        while !Task.isCancelled {
            self.store.queue.wake()
            do { try await Task.sleep(for: self.store.configuration.pollPause) } catch { return }
        }
    }

    private func sweep() async {
        while !Task.isCancelled {
            do {
                try await self.sweepOnce()
            } catch {
                if Task.isCancelled { return }
                // What was not found now is found at the next sweep.
                self.logger.debug("uploads were not looked over", metadata: ["error": .string(String(reflecting: error))])
            }
            do { try await Task.sleep(for: self.store.configuration.sweepPause) } catch { return }
        }
    }

    /// Removes files that no document waits for, lets documents fail whose server is gone, and those go whose session is over.
    ///
    /// - Parameter age: How old an orphan must be, in seconds; nil for the usual hour.
    func sweepOnce(olderThan age: Int? = nil) async throws {
        let files =
            if let age { try await self.store.folder.oldFiles(olderThan: age) } else { try await self.store.folder.oldFiles() }
        let awaited = try await self.leases.awaited(files)
        for id in files where !awaited.contains(id) { await self.store.folder.remove(id) }
        let now = Timestamp.now()
        try await self.leases.failAbandoned(at: now)
        try await self.leases.hideExpired(at: now)
        self.store.queue.wake()
    }

    /// The pause before a document is tried again; it doubles with each attempt.
    func pause(after lease: DocumentLease) -> Duration {
        self.store.configuration.retryPause * (1 << min(max(lease.attempt - 1, 0), 10))
    }

    /// Processes documents that are due, several at once, until none is left: as soon as one is done with, the next begins.
    ///
    /// - Parameter now: The time that it is taken to be; nil for the clock's.
    /// - Returns: How many there were.
    /// - Throws: `PersistenceError` when the queue cannot be asked; `CancellationError`.
    @discardableResult
    func processDue(at now: Timestamp? = nil) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var (count, running) = (0, 0)
            while true {
                try Task.checkCancellation()
                let free = self.store.configuration.concurrencyLimit - running
                let leases = try await self.leases.take(free, at: now ?? .now())
                for lease in leases { group.addTask { await self.process(lease) } }
                count += leases.count
                running += leases.count
                guard running > 0 else { return count }
                try await group.next()
                running -= 1
            }
        }
    }

    private func process(_ lease: DocumentLease) async {
        defer { self.ended(lease.id) }
        do {
            if lease.isDeleting {
                await self.store.folder.remove(lease.id)
                try await self.store.passages.removeDocument(lease.id)
            } else {
                try await self.makeFound(lease)
            }
        } catch {
            let isStopped = Task.isCancelled
            if !isStopped {
                self.logger.debug(
                    "a document was left for later",
                    metadata: ["document.id": "\(lease.id)", "error": .string(String(reflecting: error))])
            }
            await self.giveBack(lease, countsAttempt: !isStopped)
        }
    }

    /// Lets a document begin anew: at once where this server was stopped, else after a pause, as what failed may fail again. Where the
    /// database is away, it begins anew when the lease has run out.
    private func giveBack(_ lease: DocumentLease, countsAttempt: Bool) async {
        let next = Timestamp.now().advanced(by: self.pause(after: lease))
        // Also in a task that was cancelled.
        await Task { [leases = self.leases, logger = self.logger] in
            do {
                if countsAttempt {
                    try await leases.postpone(lease, until: next)
                } else {
                    try await leases.giveBack(lease)
                }
            } catch {
                logger.debug(
                    "a document waits until its lease is over",
                    metadata: ["document.id": "\(lease.id)", "error": .string(String(reflecting: error))])
            }
        }.value
    }
}
