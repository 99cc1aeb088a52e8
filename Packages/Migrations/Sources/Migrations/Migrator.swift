public import Persistence

/// Brings a database's schema forward and back along chains of revisions.
///
/// Each revision and its record in `gatehouse_revisions` take effect in one transaction, so a run that fails or is killed
/// leaves whole revisions only; the next run goes on from there. Everything that changes the database holds the lock,
/// under which the state is read anew, so of two migrators that start together one works and the other finds it done.
///
/// Before anything is done the records are compared with the program: an unknown revision, one whose statements were
/// changed after it had been applied, and a gap are refused by name.
public struct Migrator: Sendable {
    let database: any Database
    let graph: RevisionGraph
    private let lock: any MigrationLock
    private let now: @Sendable () -> Timestamp

    /// Creates a migrator.
    ///
    /// - Parameters:
    ///   - database: The database, opened by its driver.
    ///   - chains: All chains of the program; where dependencies leave a choice, the order of the list decides.
    ///   - lock: Keeps other migrators of the same database away.
    ///   - now: The time that records show.
    /// - Throws: ``MigrationError`` with code `invalidChain` when two chains share a name, a dependency does not exist, or
    ///   revisions wait for each other.
    public init(
        database: any Database, chains: [RevisionChain], lock: any MigrationLock,
        now: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
    ) throws(MigrationError) {
        self.database = database
        self.graph = try RevisionGraph(chains)
        self.lock = lock
        self.now = now
    }

    /// Applies what is missing.
    ///
    /// Cancellation takes effect between two revisions or rolls the running one back.
    ///
    /// - Parameters:
    ///   - target: `head`, or a revision, which brings what it depends on.
    ///   - progress: Told what is being done; from any thread, one call at a time.
    /// - Returns: The revisions that were applied, in order; none if nothing was missing.
    /// - Throws: ``MigrationError``, which names what was applied before it failed; `CancellationError`; the lock's errors.
    @discardableResult
    public func upgrade(
        to target: MigrationTarget = .head, progress: @escaping @Sendable (MigrationProgress) -> Void = { _ in }
    ) async throws -> [Revision.Key] {
        try await self.lock.withLock(waiting: { progress(.waitingForLock) }) {
            let steps = try await self.upgradeSteps(to: target, records: self.verifiedRecords())
            return try await self.run(steps, progress: progress)
        }
    }

    /// Undoes revisions, newest first.
    ///
    /// - Warning: The tables and columns that the revisions made are dropped with all their data.
    /// - Parameters:
    ///   - target: `base`, a number of steps, or the applied revision that shall be the newest of its chain; revisions of
    ///     other chains that stand on undone ones are undone too.
    ///   - progress: Told what is being done; from any thread, one call at a time.
    /// - Returns: The revisions that were undone, in order.
    /// - Throws: ``MigrationError``, which names what was undone before it failed; `CancellationError`; the lock's errors.
    @discardableResult
    public func downgrade(
        to target: MigrationTarget, progress: @escaping @Sendable (MigrationProgress) -> Void = { _ in }
    ) async throws -> [Revision.Key] {
        try await self.lock.withLock(waiting: { progress(.waitingForLock) }) {
            let steps = try await self.downgradeSteps(to: target, records: self.verifiedRecords())
            return try await self.run(steps, progress: progress)
        }
    }

    /// Records a state without running any statement, for a database that got its tables in another way.
    ///
    /// - Warning: The records afterwards say what the caller claims; no table is looked at.
    /// - Parameter target: `head`, `base`, or a revision: it and what it stands on count as applied, later ones of its
    ///   chain and what stands on those do not, and other chains stay as they are.
    /// - Throws: ``MigrationError`` when the target does not exist; the lock's errors.
    public func stamp(_ target: MigrationTarget) async throws {
        try await self.lock.withLock(waiting: {}) {
            let records = try await self.verifiedRecords()
            let applied = records.map(\.key)
            var added: [MigrationStep] = []
            var removed: [Revision.Key] = []
            switch target {
            case .head:
                added = try self.upgradeSteps(to: .head, records: records)
            case .base:
                removed = applied
            case .revision:
                added = try self.upgradeSteps(to: target, records: records)
                let goal = try self.graph.resolve(target)
                if applied.contains(goal) { removed = try self.graph.surplus(for: target, applied: applied) }
            case .steps:
                throw MigrationError(.unknownTarget, message: "a stamp names head, base or a revision")
            }
            let (insertions, deletions, instant) = (added, removed, self.now())
            try await self.database.transaction { connection in
                try connection.execute(RevisionTable.creation(connection.dialect))
                for key in deletions { try connection.execute(RevisionTable.deletion(key)) }
                for step in insertions {
                    let position = try RevisionTable.lastPosition(connection) + 1
                    try connection.execute(RevisionTable.insertion(step, at: instant, duration: .zero, position: position))
                }
            }
        }
    }

    private func run(
        _ steps: [MigrationStep], progress: @escaping @Sendable (MigrationProgress) -> Void
    ) async throws -> [Revision.Key] {
        if steps.isEmpty { return [] }
        try await self.database.write { try $0.execute(RevisionTable.creation($0.dialect)) }
        var completed: [Revision.Key] = []
        for step in steps {
            try Task.checkCancellation()
            let runner = StepRunner(step: step, completed: completed, now: self.now)
            let title = step.revision.title
            progress(step.direction == .up ? .applying(step.key, title: title) : .undoing(step.key, title: title))
            let duration = try await runner.run(on: self.database)
            completed.append(step.key)
            progress(
                step.direction == .up ? .applied(step.key, duration: duration) : .undone(step.key, duration: duration))
        }
        return completed
    }
}
