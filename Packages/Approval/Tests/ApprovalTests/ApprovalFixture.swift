@testable import Approval
import ApprovalRedis
import ApprovalSchema
import ApprovalTestSupport
import Cryptography
import DatabaseTestSupport
import GatewaySchema
import Identity
import Logging
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import PrometheusMetrics
import Redis
import RedisTestSupport
import SchemasTestSupport
import StrictJSON
import Synchronization
import TestKit
import Testing

/// What a desk stands on in a test.
enum Setup: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgres, sqliteWithRedis, postgresWithRedis

    var store: TestStore {
        switch self {
        case .sqlite, .sqliteWithRedis: .sqlite
        case .postgres, .postgresWithRedis: .postgres
        }
    }

    var hasRedis: Bool { self == .sqliteWithRedis || self == .postgresWithRedis }

    var testDescription: String { self.rawValue }
}

/// A time that stands still until a test moves it.
final class TestTime: Sendable {
    private let state = Mutex(Timestamp.now())

    var now: Timestamp { self.state.withLock { $0 } }

    func advance(by duration: Duration) {
        self.state.withLock { $0 = $0.advanced(by: duration) }
    }
}

/// A migrated database with a desk on it.
struct ApprovalFixture: Sendable {
    static let chains = [GatewayRevisions.chain, ApprovalRevisions.chain]

    /// Not a secret of anybody.
    static let secretText = String(repeating: "A", count: 43) + "="

    let setup: Setup
    let url: DatabaseURL
    let database: any Database
    let keyring: SecretKeyring
    let redis: RedisServer?
    let cache: (any ApprovalCache)?
    let time = TestTime()
    let ledger = InMemoryLedger()
    let directory = ListedApprovers()
    let notices = RecordedNotices()
    let log = CollectedLog()
    let registry = PrometheusRegistry()
    let desk: ApprovalDesk

    static func with(
        _ setup: Setup, configuration: ApprovalConfiguration = ApprovalConfiguration(), realTime: Bool = false,
        _ body: (ApprovalFixture) async throws -> Void
    ) async throws {
        try await withTestDatabaseURL(setup.store) { url in
            let database = try await Self.open(url)
            do {
                try await Migrator(database: database, chains: Self.chains, lock: NoMigrationLock()).upgrade()
                if setup.hasRedis {
                    try await withRedisServer { server in
                        try await withRedisClient(server.url) { client, _ in
                            let cache = RedisApprovalCache(client: client, deadline: .seconds(60))
                            let fixture = try Self(setup, url, database, server, cache, configuration, realTime)
                            // The cache is believed from the first look on.
                            try await fixture.desk.payCacheDebts()
                            try await body(fixture)
                        }
                    }
                } else {
                    try await body(Self(setup, url, database, nil, nil, configuration, realTime))
                }
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

    private init(
        _ setup: Setup, _ url: DatabaseURL, _ database: any Database, _ redis: RedisServer?, _ cache: (any ApprovalCache)?,
        _ configuration: ApprovalConfiguration, _ realTime: Bool
    ) throws {
        self.setup = setup
        self.url = url
        self.database = database
        self.redis = redis
        self.cache = cache
        self.keyring = try SecretKeyring(parsing: Self.secretText)
        let time = self.time
        self.desk = ApprovalDesk(
            database: database, keyring: self.keyring, ledger: self.ledger, directory: self.directory, outbox: self.notices,
            notifier: self.notices, cache: cache, metrics: try ApprovalMetrics(registry: self.registry),
            configuration: configuration, logger: self.log.logger, now: { realTime ? .now() : time.now })
    }

    /// Another server on the same database.
    func anotherDesk(
        keyring: SecretKeyring? = nil, cache: (any ApprovalCache)? = nil, configuration: ApprovalConfiguration? = nil,
        notifier: (any ApprovalNotifier)? = nil, now: (@Sendable () -> Timestamp)? = nil
    ) -> ApprovalDesk {
        ApprovalDesk(
            database: self.database, keyring: keyring ?? self.keyring, ledger: self.ledger, directory: self.directory,
            outbox: self.notices, notifier: notifier ?? self.notices, cache: cache ?? self.cache, metrics: nil,
            configuration: configuration ?? self.desk.configuration, logger: self.log.logger, now: now ?? { self.time.now })
    }

    /// The lines of the metrics about approvals.
    var metrics: [String] {
        String(decoding: self.registry.render(), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("gatehouse_approvals_") }
    }

    func count(_ table: String, _ condition: SQL = "1 = 1") async throws -> Int {
        try await self.database.queryOne("SELECT count(*) AS n FROM \(identifier: table) WHERE \(condition)")?.decode("n") ?? -1
    }

    func status(_ handle: ApprovalHandle) async throws -> ApprovalStatus? {
        try await self.database.queryOne("SELECT status FROM approval_requests WHERE token = \(handle.text)")
            .flatMap { ApprovalStatus(rawValue: try $0.decode("status")) }
    }
}

// MARK: - People and calls

extension ApprovalFixture {
    static let acme = OrganisationID(unchecked: "acme")

    static func caller(
        _ id: String, _ kind: Caller.Kind = .gatewayCaller, in organisation: OrganisationID = ApprovalFixture.acme,
        person: String? = nil, role: Role? = nil
    ) -> Caller {
        Caller(
            id: CallerID(unchecked: id), kind: kind, organisation: organisation, role: role, keyID: nil,
            person: person.map { PersonID(unchecked: $0) })
    }

    static let agent = Self.caller("agent-1", person: "jo@example.org")
    static let admin = Self.caller("admin-1", person: "kim@example.org", role: .admin)
    static let secondAdmin = Self.caller("admin-2", person: "lee@example.org", role: .admin)

    static let arguments: JSONValue = ["path": "/data/output/report.csv", "content": "a,b,c", "limit": 40]

    static func draft(_ change: (inout ApprovalDraft) -> Void = { _ in }) -> ApprovalDraft {
        var draft = ApprovalDraft(
            requestID: "req-1", caller: Self.agent, server: "files", tool: "fs.write", policyRevision: "r1",
            receivedArguments: Self.arguments, sentArguments: Self.arguments,
            sanitizedCall: ["server": "files", "tool": "fs.write", "arguments": ["path": "/data/output/report.csv"]],
            riskExplanation: "writes in production", riskLabels: ["HIGH_WRITE_ACTION"], riskScore: 0.75)
        change(&draft)
        return draft
    }

    static func use(_ token: ApprovalToken, _ change: (inout ApprovalUse) -> Void = { _ in }) -> ApprovalUse {
        var use = ApprovalUse(
            token: token.text, requestID: "req-2", caller: Self.agent, server: "files", tool: "fs.write", policyRevision: "r1",
            receivedArguments: Self.arguments, sentArguments: Self.arguments)
        change(&use)
        return use
    }

    /// Issues a draft that is not refused.
    func issue(_ change: (inout ApprovalDraft) -> Void = { _ in }) async throws -> IssuedApproval {
        guard case .issued(let issued) = try await self.desk.issue(Self.draft(change)) else {
            throw PersistenceError(.other, message: "the draft is refused")
        }
        return issued
    }

    func approve(_ handle: ApprovalHandle, by caller: Caller = ApprovalFixture.admin) async throws -> DecisionOutcome {
        try await self.desk.decide(ApprovalReference(handle), .approve, by: caller)
    }

    func deny(_ handle: ApprovalHandle, by caller: Caller = ApprovalFixture.admin) async throws -> DecisionOutcome {
        try await self.desk.decide(ApprovalReference(handle), .deny, by: caller)
    }
}

extension DecisionOutcome {
    var refusal: ApprovalRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }

    var status: ApprovalStatus? {
        if case .recorded(let request) = self { request.status } else { nil }
    }
}

extension ConsumeOutcome {
    var refusal: ApprovalRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }

    var consumption: Consumption? {
        if case .consumed(let consumption) = self { consumption } else { nil }
    }
}

extension IssueOutcome {
    var issued: IssuedApproval? {
        if case .issued(let issued) = self { issued } else { nil }
    }

    var refusal: ApprovalRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}

/// Everything that is logged, with its metadata.
final class CollectedLog: Sendable {
    private struct Handler: LogHandler {
        let log: CollectedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            let facts = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            self.log.lines.withLock { $0.append("\(event.level) \(event.message) \(facts)") }
        }
    }

    fileprivate let lines = Mutex<[String]>([])

    var all: [String] { self.lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }
}
