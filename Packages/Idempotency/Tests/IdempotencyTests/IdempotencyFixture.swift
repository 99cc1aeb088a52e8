import Cryptography
import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Idempotency
import IdempotencySchema
import Identity
import Logging
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import PrometheusMetrics
import SchemasTestSupport
import StrictJSON
import Synchronization
import Testing

/// A time that stands still until a test moves it.
final class TestTime: Sendable {
    private let state = Mutex(Timestamp.now())

    var now: Timestamp { self.state.withLock { $0 } }

    func advance(by duration: Duration) {
        self.state.withLock { $0 = $0.advanced(by: duration) }
    }
}

/// A migrated database with a store on it.
struct IdempotencyFixture: Sendable {
    /// Not a secret of anybody.
    static let secretText = String(repeating: "A", count: 43) + "="
    static let newerSecretText = String(repeating: "B", count: 42) + "A="
    static let callers = ["ada", "grace"]

    let url: DatabaseURL
    let database: any Database
    let time = TestTime()
    let registry = PrometheusRegistry()
    let configuration: IdempotencyConfiguration
    let store: IdempotencyStore

    static func with(
        _ kind: TestStore, configuration: IdempotencyConfiguration = IdempotencyConfiguration(),
        _ body: (IdempotencyFixture) async throws -> Void
    ) async throws {
        try await withTestDatabaseURL(kind) { url in
            let database: any Database =
                switch kind {
                case .sqlite: try await SQLiteDatabase.open(url: url)
                case .postgres: try await PostgresDatabase.open(url: url)
                }
            do {
                let chains = [IdempotencyRevisions.chain]
                try await Migrator(database: database, chains: chains, lock: NoMigrationLock()).upgrade()
                try await body(IdempotencyFixture(url, database, configuration))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    private init(_ url: DatabaseURL, _ database: any Database, _ configuration: IdempotencyConfiguration) throws {
        self.url = url
        self.database = database
        self.configuration = configuration
        let time = self.time
        self.store = IdempotencyStore(
            database: database, keyring: try SecretKeyring(parsing: Self.secretText),
            metrics: try IdempotencyMetrics(registry: self.registry), configuration: configuration, logger: Self.logger,
            now: { time.now })
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Another server on the same database.
    func anotherStore(secrets: String = secretText) throws -> IdempotencyStore {
        let time = self.time
        return IdempotencyStore(
            database: self.database, keyring: try SecretKeyring(parsing: secrets), configuration: self.configuration,
            logger: Self.logger, now: { time.now })
    }

    /// A service with one write at two methods; credentials are the names of the callers.
    func service(_ handler: @escaping Operation.Handler) throws -> HTTPService {
        let operations = [HTTPRequest.Method.post, .put].map { method in
            Operation(
                method, "/things/{name}", id: "write\(method.rawValue)", summary: "Write", tag: "things", access: .caller,
                parameters: [.path("name", .string()), .query("mode", .string(), default: "plain")], body: .json(.map()),
                acceptsIdempotencyKey: true, handler: handler)
        }
        let callers = Self.callers.map { ($0, Caller(id: CallerID(unchecked: $0), kind: .user)) }
        return try HTTPService(
            operations: operations,
            parts: .init(
                resolver: FixedCallers(Dictionary(uniqueKeysWithValues: callers)), limits: CountingLimits(),
                metrics: try HTTPMetrics(registry: PrometheusRegistry()), translate: { _ in nil }, idempotency: self.store),
            configuration: .init(keyHeader: .authorization))
    }

    static func request(
        _ key: String, by caller: String = "ada", organisation: OrganisationID = .default, scopes: ScopeSet = .unrestricted,
        body: JSONValue = .null
    ) throws -> IdempotentRequest {
        IdempotentRequest(
            key: try #require(IdempotencyKey(key)),
            caller: Caller(id: CallerID(unchecked: caller), kind: .user, organisation: organisation, scopes: scopes),
            method: .post, path: "/things/{name}", body: body, deadline: .seconds(30))
    }

    func rows(_ condition: SQL = "1 = 1") async throws -> Int {
        try await self.database.queryOne("SELECT count(*) AS n FROM idempotency_keys WHERE \(condition)")?.decode("n") ?? -1
    }

    func metric(_ outcome: String) -> Bool {
        String(decoding: self.registry.render(), as: UTF8.self).contains(
            "gatehouse_idempotency_total{outcome=\"\(outcome)\"} 1.0")
    }
}

extension HTTPService {
    func write(
        _ key: String?, _ path: String = "/things/a", by caller: String = "ada", method: HTTPRequest.Method = .post,
        json: JSONValue = ["n": 1]
    ) async throws -> ServiceAnswer {
        var headers: HTTPFields = [.authorization: caller]
        if let key { headers[.idempotencyKey] = key }
        return try await self.answer(method, path, json: json, headers: headers)
    }
}

extension IdempotencyStore {
    /// `run`, `replay`, or the status of the problem.
    func verdict(_ request: IdempotentRequest) async throws -> String {
        do {
            switch try await self.claim(request) {
            case .run: return "run"
            case .replay: return "replay"
            }
        } catch let problem as Problem {
            return "\(problem.status.code)"
        }
    }

    func ticket(_ request: IdempotentRequest) async throws -> IdempotencyTicket? {
        guard case .run(let ticket) = try await self.claim(request) else { return nil }
        return ticket
    }
}
