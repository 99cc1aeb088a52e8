import Cryptography
import DatabaseTestSupport
import Identity
import Logging
import Migrations
import Outbound
import Persistence
import PersistencePostgres
import PersistenceSQLite
import PrometheusMetrics
import SchemasTestSupport
import StandardWebhooks
import StrictJSON
import Synchronization
import TestKit
import Testing
import WebhooksSchema

@testable import Webhooks

/// A migrated database of its own, a clock that is moved by hand, and what webhooks need besides.
struct WebhookFixture {
    static let organisation = OrganisationID(unchecked: "acme")
    static let secretText = String(repeating: "A", count: 43) + "="
    static let start = Timestamp(rfc3339: "2026-11-20T12:00:00Z") ?? .epoch

    let store: TestStore
    let url: DatabaseURL
    let database: any Database
    let clock = ManualClock()
    let keyring: SecretKeyring
    let registry = PrometheusRegistry()
    let metrics: WebhookMetrics
    let steps = StepLog()
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static func with(_ store: TestStore, _ body: (WebhookFixture) async throws -> Void) async throws {
        try await withTestDatabaseURL(store) { url in
            let database = try await Self.open(url)
            do {
                try await Migrator(database: database, chains: [WebhooksRevisions.chain], lock: NoMigrationLock()).upgrade()
                try await body(WebhookFixture(store: store, url: url, database: database))
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
        self.keyring = try SecretKeyring(parsing: Self.secretText)
        self.metrics = try WebhookMetrics(registry: self.registry)
    }

    var now: Timestamp { Self.start.advanced(by: ManualClock.Instant(offset: .zero).duration(to: self.clock.now)) }

    var seams: DispatcherSeams {
        var seams = DispatcherSeams()
        let clock = self.clock
        seams.now = { Self.start.advanced(by: ManualClock.Instant(offset: .zero).duration(to: clock.now)) }
        seams.sleep = { try await clock.sleep(for: $0) }
        seams.jitter = { 0 }
        seams.reached = { [steps] step in steps.note(step) }
        return seams
    }

    /// A client that may go to the listed destinations, without TLS too.
    func client(
        _ allowed: String, resolver: any AddressResolver = SystemResolver(),
        configuration: WebhookConfiguration = WebhookConfiguration()
    ) throws -> OutboundClient {
        try OutboundClient(
            policy: AddressPolicy(allowsPlainHTTP: true, allowed: AllowedDestination.list(parsing: allowed)),
            configuration: configuration.outbound, resolver: resolver, logger: self.logger)
    }

    func outbox(_ configuration: WebhookConfiguration = WebhookConfiguration()) throws -> WebhookOutbox {
        try WebhookOutbox(configuration: configuration, now: self.seams.now)
    }

    func endpoints(
        _ client: OutboundClient, keyring: SecretKeyring? = nil, configuration: WebhookConfiguration = WebhookConfiguration()
    ) throws -> WebhookEndpoints {
        try WebhookEndpoints(
            database: self.database, client: client, keyring: keyring ?? self.keyring, configuration: configuration,
            now: self.seams.now)
    }

    /// Registers receivers, runs a dispatcher as a process would, and ends it in good order.
    func withDispatcher(
        to receivers: [Receiver], on database: (any Database)? = nil, client: OutboundClient? = nil,
        configuration: WebhookConfiguration = WebhookConfiguration(), events: [String] = [],
        _ body: (Running) async throws -> Void
    ) async throws {
        let client =
            try client
            ?? self.client(receivers.map { "127.0.0.1:\($0.port)" }.joined(separator: ","), configuration: configuration)
        let endpoints = try self.endpoints(client, configuration: configuration)
        let outbox = try self.outbox(configuration)
        var registered: [WebhookEndpoints.Registered] = []
        for receiver in receivers {
            registered.append(
                try await endpoints.register(url: receiver.url, eventTypes: events, organisation: Self.organisation))
        }
        let dispatcher = try WebhookDispatcher(
            database: database ?? self.database, outbox: outbox, client: client, keyring: self.keyring,
            configuration: configuration, metrics: self.metrics, logger: self.logger, seams: self.seams)
        let task = Task { await dispatcher.run() }
        let running = Running(
            fixture: self, outbox: outbox, endpoints: endpoints, registered: registered, dispatcher: dispatcher, task: task)
        do {
            try await body(running)
        } catch {
            for receiver in receivers { receiver.release() }
            dispatcher.stop()
            await task.value
            client.close()
            throw error
        }
        for receiver in receivers { receiver.release() }
        dispatcher.stop()
        await task.value
        client.close()
    }

    struct Running {
        let fixture: WebhookFixture
        let outbox: WebhookOutbox
        let endpoints: WebhookEndpoints
        let registered: [WebhookEndpoints.Registered]
        let dispatcher: WebhookDispatcher
        let task: Task<Void, Never>

        func send(_ type: String = "approval.required", data: JSONValue = ["approval_id": "7"]) async throws {
            try await self.fixture.enqueue(type, data: data, in: self.outbox)
        }

        /// Moves the clock and lets the dispatcher look again.
        func advance(by time: Duration) {
            self.fixture.clock.advance(by: time)
            self.outbox.wake()
        }

        func deliveries(_ index: Int = 0) async throws -> [WebhookDelivery] {
            try await self.endpoints.deliveries(to: self.registered[index].endpoint.id, of: WebhookFixture.organisation)
                .deliveries
        }

        func endpoint(_ index: Int = 0) async throws -> WebhookEndpoint {
            let all = try await self.endpoints.all(of: WebhookFixture.organisation)
            return try #require(all.first { $0.id == self.registered[index].endpoint.id })
        }
    }

    func enqueue(
        _ type: String = "approval.required", data: JSONValue = ["approval_id": "7"], in outbox: WebhookOutbox
    ) async throws {
        try await self.database.transaction(retries: 10) { connection in
            _ = try outbox.enqueue(type, data: data, organisation: Self.organisation, in: connection)
        }
        outbox.wake()
    }

    func count(_ table: String, _ condition: SQL = "1 = 1") async throws -> Int {
        try await self.database.queryOne("SELECT count(*) AS n FROM \(identifier: table) WHERE \(condition)")?.decode("n") ?? -1
    }

    func run(_ statements: SQL...) async throws {
        try await self.database.transaction { connection in
            for statement in statements { try connection.execute(statement) }
        }
    }

    /// The value of a series, such as `gatehouse_webhook_deliveries_total{outcome="gone"}`.
    func metric(_ series: String) -> String? {
        String(decoding: self.registry.render(), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("\(series) ") }.map { String($0.dropFirst(series.count + 1)) }
    }
}

/// Hears of the steps of attempts, and lets tests wait for them.
final class StepLog: Sendable {
    private struct State {
        var counts: [DispatchStep: Int] = [:]
        var waiters: [(step: DispatchStep, count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func count(_ step: DispatchStep) -> Int { self.state.withLock { $0.counts[step, default: 0] } }

    func note(_ step: DispatchStep) {
        let ready = self.state.withLock { state in
            state.counts[step, default: 0] += 1
            let count = state.counts[step, default: 0]
            defer { state.waiters.removeAll { $0.step == step && $0.count <= count } }
            return state.waiters.filter { $0.step == step && $0.count <= count }
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Waits until a step was reached so often; an issue when it was not after half a minute.
    func wait(for step: DispatchStep, _ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
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

/// A resolver with prepared answers: the first for the first question, and so on; the last one stays.
final class ScriptedResolver: AddressResolver {
    private let answers: [[String]]
    private let askedCount = Mutex(0)

    init(_ answers: [String]...) {
        self.answers = answers
    }

    func addresses(of name: String) async throws(OutboundError) -> [IPAddress] {
        let index = self.askedCount.withLock { count in
            count += 1
            return min(count, self.answers.count) - 1
        }
        return self.answers.indices.contains(index) ? self.answers[index].compactMap { IPAddress($0) } : []
    }
}

/// A database that can be away.
final class OutageDatabase: Database {
    private let base: any Database
    private let state = Mutex((isAway: false, calls: 0))

    init(_ base: any Database) {
        self.base = base
    }

    var isAway: Bool {
        get { self.state.withLock { $0.isAway } }
        set { self.state.withLock { $0.isAway = newValue } }
    }

    /// How often anybody asked.
    var calls: Int { self.state.withLock { $0.calls } }

    var dialect: SQLDialect { self.base.dialect }

    private func check() throws {
        let isAway = self.state.withLock { state in
            state.calls += 1
            return state.isAway
        }
        if isAway { throw PersistenceError(.unavailable, message: "the database is away") }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try self.check()
        return try await self.base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try self.check()
        return try await self.base.write(body)
    }

    func runTransaction<T: Sendable>(
        isolation: TransactionIsolation, _ body: @escaping @Sendable (any DatabaseConnection) throws -> T
    ) async throws -> T {
        try self.check()
        return try await self.base.runTransaction(isolation: isolation, body)
    }

    func close() async { await self.base.close() }
}
