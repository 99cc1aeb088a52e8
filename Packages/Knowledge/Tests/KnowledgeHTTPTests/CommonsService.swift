import CommonsSchema
import ContentScreening
import Cryptography
import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Knowledge
import KnowledgeFreshness
import KnowledgeFreshnessSchema
import KnowledgeHTTP
import KnowledgeSchema
import Logging
import Persistence
import PrometheusMetrics
import SchemasTestSupport
import StrictJSON
import Synchronization
import Testing

/// All operations of the commons with all stages around them, over a database of their own.
///
/// The keys are those of the users `author`, `voter` and `voter-2`, of the user `moderator`, of the gateway callers `agent` and
/// `admin`, and of `impostor`, a gateway caller with the name of the author's id.
struct CommonsService {
    static let users = ["author": Self.user(1), "voter": Self.user(2), "voter-2": Self.user(3), "moderator": Self.user(4)]
    static let unknown = Self.user(9)
    /// The user as whom gateway callers write.
    static let agent = Self.user(8)

    let http: HTTPService
    let database: any Database
    let ledger: RecordedModeration
    let limits: CountingLimits
    let contributors: TableContributors

    private static func user(_ number: Int) -> String { "00000000-0000-4000-8000-00000000000\(number)" }

    private static let callers: [String: Caller] = {
        var callers = Self.users.mapValues { Caller(id: CallerID(unchecked: $0), kind: .user) }
        callers["moderator"] = Caller(id: CallerID(unchecked: Self.user(4)), kind: .user, role: Role(unchecked: "moderator"))
        callers["agent"] = Caller(id: CallerID(unchecked: "dev-agent"), kind: .gatewayCaller, role: .developer)
        callers["admin"] = Caller(id: CallerID(unchecked: "admin-1"), kind: .gatewayCaller, role: .admin)
        callers["impostor"] = Caller(id: CallerID(unchecked: Self.user(1)), kind: .gatewayCaller)
        // A user who was deleted a moment ago.
        callers["deleted"] = Caller(id: CallerID(unchecked: Self.unknown), kind: .user)
        return callers
    }()

    /// Lends a service.
    static func with(_ kind: TestStore, _ body: (CommonsService) async throws -> Void) async throws {
        let chains = [CommonsRevisions.chain, KnowledgeRevisions.chain, FreshnessRevisions.chain]
        try await withMigratedDatabase(kind, chains) { database, _ in
            let now = Timestamp.now()
            try await database.transaction { connection in
                for id in Self.users.values + [Self.agent] {
                    try connection.execute("INSERT INTO users (id, created_at, updated_at) VALUES (\(id), \(now), \(now))")
                }
            }
            let limits = CountingLimits()
            let parts = HTTPService.Parts(
                resolver: FixedCallers(Self.callers), limits: limits, metrics: try HTTPMetrics(registry: PrometheusRegistry()),
                translate: { _ in nil })
            let ledger = RecordedModeration()
            let contributors = TableContributors(database: database)
            let service = try HTTPService(
                operations: try Self.operations(database, ledger, contributors), parts: parts,
                configuration: HTTPService.Configuration(keyHeader: try #require(HTTPField.Name("X-API-Key"))))
            try await body(
                CommonsService(
                    http: service, database: database, ledger: ledger, limits: limits, contributors: contributors))
        }
    }

    private static func operations(
        _ database: any Database, _ ledger: RecordedModeration, _ contributors: TableContributors
    ) throws -> [Operation] {
        let gate = ContentGate()
        let flags = FlagStore(database: database)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let keyring = SecretKeyring(current: try ServerSecret.random())
        let amendments = AmendmentStore(database: database, keyring: keyring)
        let stores = TraceOperations.Stores(
            traces: TraceStore(database: database), list: TraceList(database: database, keyring: keyring), amendments: amendments,
            freshness: FreshnessStore(database: database))
        var operations = TraceOperations(stores: stores, gate: gate, contributors: contributors).operations
        operations +=
            VoteOperations(store: try VoteStore(database: database), gate: gate, contributors: contributors).operations
        operations += AmendmentOperations(store: amendments, gate: gate, contributors: contributors).operations
        operations += FlagOperations(store: flags, gate: gate, contributors: contributors).operations
        operations +=
            ModerationOperations(
                moderation: TraceModeration(database: database, ledger: ledger, logger: logger), flags: flags
            ).operations
        operations +=
            CatalogueOperations(tags: TagCatalogue(database: database), reputations: ReputationStore(database: database))
            .operations
        operations +=
            TelemetryOperations(
                store: TelemetryStore(database: database), gate: gate, contributors: contributors
            ).operations
        return operations
    }

    func post(_ path: String, as key: String?, _ body: JSONValue) async throws -> ServiceAnswer {
        try await self.http.answer(.post, path, json: body, headers: Self.headers(key))
    }

    /// A request without a body.
    func send(_ method: HTTPRequest.Method, _ path: String, as key: String?) async throws -> ServiceAnswer {
        try await self.http.answer(method, path, headers: Self.headers(key))
    }

    private static func headers(_ key: String?) -> HTTPFields {
        key.map { [.authorization: "Bearer \($0)"] } ?? [:]
    }

    /// A new trace's id.
    func share(tags: [String] = [], as key: String = "author") async throws -> String {
        let body: JSONValue = [
            "title": "t", "context_text": "c", "solution_text": "s", "tags": .array(tags.map { .string($0) }),
        ]
        return try #require(try await self.post("/api/v1/traces", as: key, body).json["id"]?.stringValue)
    }

    /// How many rows a table has.
    func count(_ table: String) async throws -> Int {
        try await self.database.queryOne(SQL(unchecked: "SELECT count(*) AS n FROM \(table)"))?.decode("n") ?? -1
    }
}

/// Users write as themselves, if they are in the table; gateway callers as ``CommonsService/agent`` whatever their names.
struct TableContributors: ContributorDirectory {
    let database: any Database
    /// How often somebody was about to write.
    let asked = StoredCount()

    func contributorID(of caller: Caller) async throws -> String? {
        self.asked.count()
        let id = caller.kind == .user ? caller.id.text : CommonsService.agent
        let row = try await self.database.queryOne("SELECT 1 AS n FROM users WHERE id = \(id)")
        return row == nil ? nil : id
    }
}

/// Keeps what is recorded of moderators, and refuses when it is told to.
final class RecordedModeration: ModerationLedger {
    private let state = Mutex<(changes: [ModerationChange], refuses: Bool)>(([], false))

    var changes: [ModerationChange] { self.state.withLock { $0.changes } }

    /// From now on nothing can be recorded.
    func refuse() { self.state.withLock { $0.refuses = true } }

    func record(_ change: ModerationChange) async -> Bool {
        self.state.withLock { state in
            if state.refuses { return false }
            state.changes.append(change)
            return true
        }
    }
}

extension ServiceAnswer {
    /// The member `detail` of a problem.
    var detail: String? { (try? self.json)?["detail"]?.stringValue }
}
