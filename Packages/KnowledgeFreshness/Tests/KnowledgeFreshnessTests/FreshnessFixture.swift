import CommonsSchema
import DatabaseTestSupport
import Foundation
import KnowledgeFreshnessSchema
import Logging
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import PrometheusMetrics
import SchemasTestSupport
import Staleness
import StalenessIndex
import Synchronization
import TestKit
import Testing

@testable import KnowledgeFreshness

/// A migrated database of its own with an author, a clock that is moved by hand, and what checks need besides.
struct FreshnessFixture: Sendable {
    static let start = Timestamp(rfc3339: "2026-11-20T12:00:00Z") ?? .epoch
    static let author = UUID()

    let store: TestStore
    let url: DatabaseURL
    let database: any Database
    let clock = ManualClock()
    let registry = PrometheusRegistry()
    let metrics: FreshnessMetrics
    let steps = StepLog()
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static func with(_ store: TestStore, _ body: (FreshnessFixture) async throws -> Void) async throws {
        try await withTestDatabaseURL(store) { url in
            let database = try await Self.open(url)
            do {
                let chains = [CommonsRevisions.chain, FreshnessRevisions.chain]
                try await Migrator(database: database, chains: chains, lock: NoMigrationLock()).upgrade()
                try await database.write { connection in
                    try connection.execute(
                        "INSERT INTO users (id, created_at, updated_at) VALUES (\(Self.author), \(Self.start), \(Self.start))")
                }
                try await body(FreshnessFixture(store: store, url: url, database: database))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    static func open(_ url: DatabaseURL) async throws -> any Database {
        switch url.dialect {
        case .sqlite: try await SQLiteDatabase.open(url: url)
        case .postgres: try await PostgresDatabase.open(url: url)
        }
    }

    private init(store: TestStore, url: DatabaseURL, database: any Database) throws {
        self.store = store
        self.url = url
        self.database = database
        self.metrics = try FreshnessMetrics(registry: self.registry)
    }

    var now: Timestamp { Self.start.advanced(by: ManualClock.Instant(offset: .zero).duration(to: self.clock.now)) }

    var seams: WorkerSeams {
        var seams = WorkerSeams()
        let clock = self.clock
        seams.now = { Self.start.advanced(by: ManualClock.Instant(offset: .zero).duration(to: clock.now)) }
        seams.sleep = { try await clock.sleep(for: $0) }
        seams.jitter = { 0.5 }
        seams.reached = { [steps] step in steps.note(step) }
        return seams
    }

    func queue() -> FreshnessQueue { FreshnessQueue(now: self.seams.now) }

    /// Stores a trace, and queues it in the same transaction if there is a queue.
    @discardableResult
    func add(
        _ solution: String = "", metadata: String? = nil, createdAt: Timestamp? = nil, in queue: FreshnessQueue? = nil
    ) async throws -> String {
        let id = UUID()
        let now = createdAt ?? self.now
        try await self.database.transaction(isolation: .readCommitted, retries: 10) { connection in
            try connection.execute(
                """
                INSERT INTO traces (id, title, context_text, solution_text, contributor_id, metadata_json, created_at,
                    updated_at)
                VALUES (\(id), 'title', 'context', \(solution), \(Self.author), \(json: metadata), \(now), \(now))
                """)
            try queue?.enqueue(id.sqlText.uppercased(), in: connection)
        }
        queue?.wake()
        return id.sqlText
    }

    /// Runs a worker as a process would, and ends it in good order.
    func withWorker(
        _ index: (any PackageIndex)?, on database: (any Database)? = nil, queue: FreshnessQueue? = nil,
        configuration: FreshnessConfiguration = FreshnessConfiguration(), seams: WorkerSeams? = nil,
        _ body: (FreshnessWorker) async throws -> Void
    ) async throws {
        let worker = try FreshnessWorker(
            database: database ?? self.database, queue: queue ?? self.queue(), index: index, configuration: configuration,
            metrics: self.metrics, logger: self.logger, seams: seams ?? self.seams)
        let task = Task { await worker.run() }
        do {
            try await body(worker)
        } catch {
            task.cancel()
            await task.value
            throw error
        }
        worker.stop()
        task.cancel()
        await task.value
    }

    func freshness(_ id: String) async throws -> TraceFreshness {
        try await FreshnessStore(database: self.database).freshness(of: id)
    }

    func isStale(_ id: String) async throws -> Bool? {
        try await self.database.queryOne("SELECT is_stale FROM traces WHERE id = \(UUID(sqlText: id))")?.decode("is_stale")
    }

    func dueAt(_ id: String) async throws -> Timestamp? {
        try await self.database.queryOne("SELECT due_at FROM trace_freshness WHERE trace_id = \(UUID(sqlText: id))")?
            .decode("due_at", as: Timestamp?.self)
    }

    func count(_ condition: SQL = "1 = 1") async throws -> Int {
        try await self.database.queryOne("SELECT count(*) AS n FROM trace_freshness WHERE \(condition)")?.decode("n") ?? -1
    }

    func run(_ statements: SQL...) async throws {
        try await self.database.transaction { connection in
            for statement in statements { try connection.execute(statement) }
        }
    }

    /// The value of a series, such as `gatehouse_freshness_checks_total{grade="minor"}`.
    func metric(_ series: String) -> String? {
        String(decoding: self.registry.render(), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("\(series) ") }.map { String($0.dropFirst(series.count + 1)) }
    }
}

/// Hears of the steps of checks, and lets tests wait for them.
final class StepLog: Sendable {
    private struct State {
        var counts: [CheckStep: Int] = [:]
        var waiters: [(step: CheckStep, count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func count(_ step: CheckStep) -> Int { self.state.withLock { $0.counts[step, default: 0] } }

    func note(_ step: CheckStep) {
        let ready = self.state.withLock { state in
            state.counts[step, default: 0] += 1
            let count = state.counts[step, default: 0]
            defer { state.waiters.removeAll { $0.step == step && $0.count <= count } }
            return state.waiters.filter { $0.step == step && $0.count <= count }
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Waits until a step was reached so often; an issue when it was not after half a minute.
    func wait(for step: CheckStep, _ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let giveUp = Task {
            try await Task.sleep(for: .seconds(30))
            let late = self.state.withLock { state in
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in late { waiter.continuation.resume() }
        }
        defer { giveUp.cancel() }
        await withCheckedContinuation { continuation in
            let isDone = self.state.withLock { state in
                if state.counts[step, default: 0] < count { state.waiters.append((step, count, continuation)) }
                return state.counts[step, default: 0] >= count
            }
            if isDone { continuation.resume() }
        }
        try #require(self.count(step) >= count, "\(step) was reached \(count) times", sourceLocation: sourceLocation)
    }
}

/// An index with prepared answers, which may be held back.
final class PreparedIndex: PackageIndex {
    private struct State {
        var answers: [String: IndexAnswer] = [:]
        var asked: [String] = []
        var running: [String: Int] = [:]
        var mostRunning = 0
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// - Parameter versions: The versions of packages, such as `["numpy": "1.26.4 2.3.1"]`.
    init(_ versions: [String: String] = [:]) {
        for (name, versions) in versions { self.set(name, versions) }
    }

    func set(_ name: String, _ versions: String) {
        guard let package = PythonPackageName(name) else { return }
        let releases = versions.split(separator: " ").compactMap { try? PythonVersion(String($0)) }
        self.set(name, .found(PackageReleases(package, releases.map { PackageReleases.Release($0) })))
    }

    func set(_ name: String, _ answer: IndexAnswer) {
        self.state.withLock { $0.answers[name] = answer }
    }

    /// The packages in the order in which they were asked about.
    var asked: [String] { self.state.withLock { $0.asked } }
    /// The most questions about one package at one time.
    var mostRunning: Int { self.state.withLock { $0.mostRunning } }

    /// From now on nobody gets an answer until they are released.
    func hold() { self.state.withLock { $0.isHeld = true } }

    func release() {
        let held = self.state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for waiter in held { waiter.resume() }
    }

    func releases(of name: PythonPackageName) async -> IndexAnswer {
        self.state.withLock { state in
            state.asked.append(name.description)
            state.running[name.description, default: 0] += 1
            state.mostRunning = max(state.mostRunning, state.running[name.description, default: 0])
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isHeld = self.state.withLock { state in
                    guard state.isHeld, !Task.isCancelled else { return false }
                    state.held.append(continuation)
                    return true
                }
                if !isHeld { continuation.resume() }
            }
        } onCancel: {
            self.release()
        }
        return self.state.withLock { state in
            state.running[name.description, default: 0] -= 1
            return state.answers[name.description] ?? .absent
        }
    }
}
