public import Logging
public import Persistence
public import ServiceLifecycle
public import StalenessIndex

/// Checks how old traces are, and writes down what it finds: grade, newest version and reason, and `traces.is_stale`.
///
/// It takes traces that are due, one lease each, so that of several servers one checks; asks the index; and keeps the outcome
/// if the trace is still there and unchanged and the lease still its own. A server that dies in between lets the lease run out,
/// and another takes over. When the index does not answer it waits, longer each time up to a minute, and the traces are looked
/// at again later; when the database is away it waits likewise, up to ten seconds.
///
/// It is a service: run it in the app's group, after the database and the client of the index. On graceful shutdown it begins
/// no check and ends those under way, within ``FreshnessConfiguration/checkTimeout``.
public final class FreshnessWorker: Service {
    private static let longestOutagePause = Duration.seconds(10)
    private static let longestIndexPause = Duration.seconds(60)
    private static let depthPause = Duration.seconds(15)
    /// How long to wait for the commit of what the bell was rung for.
    private static let commitPause = Duration.milliseconds(250)
    /// The least pause between two looks for traces that nobody queued, however often it rings.
    private static let askedLookPause = Duration.seconds(1)
    /// How far back such a look goes.
    private static let askedLookTime = Duration.seconds(15)

    let index: (any PackageIndex)?
    let configuration: FreshnessConfiguration
    let metrics: FreshnessMetrics?
    let logger: Logger
    let seams: WorkerSeams
    let leases: LeaseTable
    let outcomes: OutcomeTable
    private let traces: TraceSweep
    private let bell: Bell

    /// Creates a worker over a migrated database; starts nothing.
    ///
    /// - Parameters:
    ///   - database: Where the chains `commons` and `freshness` are up to date.
    ///   - queue: The queue of this process, which wakes it.
    ///   - index: Knows the releases of packages; nil where the operator names none, and then nothing is checked and nobody
    ///     asked.
    ///   - configuration: Bounds, pauses and deadlines.
    ///   - metrics: Counts checks, if anybody wants to know.
    ///   - logger: Gets what could not be checked, at `debug`.
    /// - Throws: ``FreshnessError``, naming the property and its range.
    public convenience init(
        database: any Database, queue: FreshnessQueue, index: (any PackageIndex)?,
        configuration: FreshnessConfiguration = FreshnessConfiguration(), metrics: FreshnessMetrics? = nil, logger: Logger
    ) throws(FreshnessError) {
        try self.init(
            database: database, queue: queue, index: index, configuration: configuration, metrics: metrics, logger: logger,
            seams: WorkerSeams())
    }

    package init(
        database: any Database, queue: FreshnessQueue, index: (any PackageIndex)?, configuration: FreshnessConfiguration,
        metrics: FreshnessMetrics?, logger: Logger, seams: WorkerSeams
    ) throws(FreshnessError) {
        try configuration.validate()
        self.index = index
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
        self.seams = seams
        self.leases = LeaseTable(database: database, configuration: configuration)
        self.outcomes = OutcomeTable(database: database)
        self.traces = TraceSweep(database: database, configuration: configuration)
        self.bell = queue.bell
    }

    /// Checks until the group shuts down; called once, by the service group.
    ///
    /// Cancelling it ends checks under way; those are made again when their leases have run out.
    public func run() async {
        guard let index = self.index else {
            try? await gracefulShutdown()
            return
        }
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.sweep() }
                await self.work(index)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Ends ``run()`` as a shutdown of the group does.
    package func stop() {
        self.bell.stop()
    }

    private func work(_ index: any PackageIndex) async {
        let judge = TraceJudge(
            index: index, packageLimit: self.configuration.packagesPerTrace, timeout: self.configuration.checkTimeout,
            sleep: self.seams.sleep)
        var pace = Pace(
            perMinute: self.configuration.checksPerMinute, burst: self.configuration.concurrencyLimit, at: self.seams.now())
        var (databasePause, indexPause) = (Duration.zero, Duration.zero)
        var (nextDepthAt, nextLookAt) = (self.seams.now(), self.seams.now())
        var (hasRung, isLookAsked, askedLookAt) = (false, false, self.seams.now())
        while !self.bell.isStopped, !Task.isCancelled {
            var now = self.seams.now()
            let allowance = pace.allowance(at: now)
            guard allowance > 0 else {
                await self.rest(for: pace.pause(at: now))
                continue
            }
            var pause = self.configuration.pollPause
            do {
                if now >= nextDepthAt, let metrics = self.metrics {
                    metrics.show(depth: try await self.leases.depth(at: now))
                    nextDepthAt = now.advanced(by: Self.depthPause)
                }
                // Whoever rings may have left its traces to be found.
                isLookAsked = isLookAsked || hasRung
                if now >= nextLookAt || (isLookAsked && now >= askedLookAt) {
                    isLookAsked = false
                    askedLookAt = now.advanced(by: Self.askedLookPause)
                    // Whoever rings has stored something this moment; what others stored waits for the wider look.
                    let isAsked = now < nextLookAt
                    let count = try await self.traces.queueRecent(isAsked ? Self.askedLookTime : nil, at: now)
                    // A full batch says that there are more.
                    if count >= TraceSweep.batch {
                        nextLookAt = now
                    } else if !isAsked {
                        nextLookAt = now.advanced(by: self.configuration.pollPause)
                    }
                    now = max(now, self.seams.now())
                }
                let leases = try await self.leases.take(allowance, at: now)
                databasePause = .zero
                if leases.isEmpty {
                    if let next = try await self.leases.nextDue(after: now) {
                        pause = min(pause, max(now.duration(to: next), .milliseconds(1)))
                    }
                    // Whoever rings within a transaction is ahead of its commit.
                    if hasRung { pause = min(pause, Self.commitPause) }
                    if isLookAsked { pause = min(pause, max(now.duration(to: askedLookAt), .milliseconds(1))) }
                } else {
                    pace.use(leases.count)
                    let hasAnswer = await self.check(leases, judge)
                    indexPause = hasAnswer ? .zero : min(max(indexPause * 2, .seconds(1)), Self.longestIndexPause)
                    // Whatever is queued meanwhile would get no answer either.
                    if indexPause > .zero { await self.rest(for: indexPause) }
                    continue
                }
            } catch {
                if Task.isCancelled { break }
                databasePause = min(max(databasePause * 2, self.configuration.pollPause), Self.longestOutagePause)
                self.logger.debug("checks of traces wait for the database", metadata: ["freshness.error": "\(error)"])
                await self.rest(for: databasePause)
                continue
            }
            hasRung = await self.bell.sleep(for: pause, by: self.seams.sleep)
        }
    }

    /// Checks several traces at once.
    ///
    /// - Returns: Whether the index may answer about others: it answered about one of them, or none asked, or all failed for one and
    ///   the same package.
    private func check(_ leases: [Lease], _ judge: TraceJudge) async -> Bool {
        await withTaskGroup(of: CheckEnd.self) { group in
            for lease in leases { group.addTask { await self.check(lease, judge) } }
            var (hasAnswer, failed) = (false, Set<String>())
            for await end in group {
                switch end {
                case .answered: hasAnswer = true
                case .unanswered(let package): failed.insert(package)
                }
            }
            return hasAnswer || failed.count < min(2, leases.count)
        }
    }

    /// Waits out a pause, unless it is time to end.
    private func rest(for pause: Duration) async {
        let end = self.seams.now().advanced(by: pause)
        while !self.bell.isStopped, !Task.isCancelled {
            let left = self.seams.now().duration(to: end)
            guard left > .zero else { return }
            await self.bell.sleep(for: left, by: self.seams.sleep)
        }
    }

    private func sweep() async {
        while !Task.isCancelled {
            do {
                try await self.traces.run(at: self.seams.now())
                // What was found and is due at once need not wait for the next look.
                self.bell.ring()
            } catch {
                if Task.isCancelled { return }
                // What was not found now is found at the next sweep.
                self.logger.debug("not all traces were looked over", metadata: ["freshness.error": "\(error)"])
            }
            do { try await self.seams.sleep(self.configuration.sweepPause) } catch { return }
        }
    }
}
