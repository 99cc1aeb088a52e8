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
    let now: @Sendable () -> Timestamp
    private let lock: any MigrationLock

    /// Creates a migrator.
    ///
    /// - Parameters:
    ///   - database: The database, opened by its driver; on PostgreSQL without a limit to the time of a statement, since a
    ///     revision may have to go through a large table.
    ///   - chains: All chains of the program; where dependencies leave a choice, the order of the list decides.
    ///   - lock: Keeps other migrators of the same database away.
    ///   - now: The time that records show.
    /// - Throws: ``MigrationError`` with code `invalidChain` when two chains share a name, a dependency does not exist or is
    ///   optional, or revisions wait for each other.
    public init(
        database: any Database, chains: [RevisionChain], lock: any MigrationLock,
        now: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
    ) throws(MigrationError) {
        self.database = database
        self.graph = try RevisionGraph(chains)
        self.lock = lock
        self.now = now
    }

    /// Takes over what another tool made, then applies what is missing.
    ///
    /// Cancellation takes effect between two revisions or rolls the running one back.
    ///
    /// A PostgreSQL database with a table `alembic_version` is adopted first: for each chain without records the tables are
    /// compared with what the chain's own statements make (in a schema that is rolled back again, which needs the right
    /// to create one), the newest revision whose tables and columns are all there is recorded with those before it, and
    /// every difference is told as ``MigrationProgress/adopted(_:differences:)``. Rows and `alembic_version` stay as they
    /// are.
    ///
    /// - Parameters:
    ///   - target: `head`, or a revision, which brings what it depends on.
    ///   - progress: Told what is being done; from any thread, one call at a time.
    /// - Returns: The revisions that were applied, in order; none if nothing was missing.
    /// - Throws: ``MigrationError``, which names what was applied before it failed, with `adoptionRefused` or
    ///   `unrecordedTables` before anything was; `CancellationError`; the lock's errors.
    @discardableResult
    public func upgrade(
        to target: MigrationTarget = .head, progress: @escaping @Sendable (MigrationProgress) -> Void = { _ in }
    ) async throws -> [Revision.Key] {
        try await self.lock.withLock(waiting: { progress(.waitingForLock) }) {
            var state = try await self.state()
            if try await self.adopt(given: state, progress: progress) { state = try await self.state() }
            let plan = try self.upgradePlan(to: target, state: state)
            return try await self.run(plan, progress: progress)
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
            let plan = try self.downgradePlan(to: target, state: try await self.state())
            return try await self.run(plan, progress: progress)
        }
    }

    /// Records a state without running any statement, for a database that got its tables in another way.
    ///
    /// - Warning: The records afterwards say what the caller claims; no table is looked at.
    /// - Parameter target: `head`, `base`, or a revision: it and what it stands on count as applied, later ones of its
    ///   chain and what stands on those do not, and other chains stay as they are. `head` leaves out optional revisions
    ///   that do not apply.
    /// - Throws: ``MigrationError`` when the target does not exist; the lock's errors.
    public func stamp(_ target: MigrationTarget) async throws {
        try await self.lock.withLock(waiting: {}) {
            let state = try await self.state()
            let applied = state.records.map(\.key)
            var added: [MigrationStep] = []
            var removed: [Revision.Key] = []
            switch target {
            case .head:
                added = try self.pendingSteps(for: .head, state: state)
            case .base:
                removed = applied
            case .revision:
                added = try self.steps(try self.graph.pending(for: target, applied: state.applied), .up)
                let goal = try self.graph.resolve(target)
                if applied.contains(goal) { removed = try self.graph.surplus(for: target, applied: applied) }
            case .steps:
                throw MigrationError(.unknownTarget, message: "a stamp names head, base or a revision")
            }
            try await self.record(added, removing: removed)
        }
    }

    /// Changes the records without touching any table.
    func record(_ added: [MigrationStep], removing removed: [Revision.Key]) async throws {
        let instant = self.now()
        try await self.database.write { try RevisionTable.create($0) }
        do {
            try await self.database.transaction(isolation: .readCommitted) { connection in
                try RevisionTable.lock(connection)
                for key in removed { try connection.execute(RevisionTable.deletion(key)) }
                for step in added {
                    let position = try RevisionTable.lastPosition(connection) + 1
                    try connection.execute(
                        RevisionTable.insertion(step, at: instant, duration: .zero, position: position))
                }
            }
        } catch let error as PersistenceError where error.code == .uniqueViolation {
            throw MigrationError(
                .concurrentMigration, message: "the records were touched by another program meanwhile", cause: error)
        }
    }

    private func run(
        _ plan: MigrationPlan, progress: @escaping @Sendable (MigrationProgress) -> Void
    ) async throws -> [Revision.Key] {
        var skipped: Set<Revision.Key> = []
        for (key, title) in plan.unavailable {
            skipped.insert(key)
            progress(.skipped(key, title: title))
        }
        if plan.steps.isEmpty { return [] }
        try await self.database.write { try RevisionTable.create($0) }
        var completed: [Revision.Key] = []
        for step in plan.steps {
            try Task.checkCancellation()
            let title = step.revision.title
            guard try await self.isWanted(step, skipped: skipped) else {
                skipped.insert(step.key)
                progress(.skipped(step.key, title: title))
                if step.key == plan.goal { throw Self.notApplicable(step.key, completed: completed) }
                continue
            }
            let runner = StepRunner(step: step, completed: completed, now: self.now)
            progress(step.direction == .up ? .applying(step.key, title: title) : .undoing(step.key, title: title))
            let duration = try await runner.run(on: self.database)
            completed.append(step.key)
            progress(
                step.direction == .up ? .applied(step.key, duration: duration) : .undone(step.key, duration: duration))
        }
        return completed
    }

    /// An optional revision is asked for when its turn comes, since the one before may bring what it needs.
    private func isWanted(_ step: MigrationStep, skipped: Set<Revision.Key>) async throws -> Bool {
        guard step.direction == .up, step.revision.isOptional else { return true }
        if let parent = step.revision.parent, skipped.contains(Revision.Key(chain: step.key.chain, revision: parent)) {
            return false
        }
        let (graph, key) = (self.graph, step.key)
        return try await self.database.read { try graph.isApplicable(key, on: $0) }
    }

    static func notApplicable(_ key: Revision.Key, completed: [Revision.Key] = []) -> MigrationError {
        MigrationError(
            .notApplicable, message: "revision \(key) does not apply to this database: its condition does not hold",
            completed: completed)
    }
}
