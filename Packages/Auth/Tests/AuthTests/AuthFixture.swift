import AuthSchema
import CommonsSchema
import Cryptography
import GatewaySchema
import Identity
import Logging
import Migrations
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import Synchronization

@testable import Auth

/// A migrated database of its own for one test.
struct AuthFixture {
    static let chains = [CommonsRevisions.chain, GatewayRevisions.chain, AuthRevisions.chain]

    let database: any Database
    let store: KeyStore
    var time = TestTime()

    static func with(_ store: TestStore, _ body: (AuthFixture) async throws -> Void) async throws {
        try await withMigratedDatabase(store, Self.chains) { database, _ in
            try await body(AuthFixture(database: database))
        }
    }

    init(database: any Database) {
        self.database = database
        let time = self.time
        self.store = KeyStore(database: database, now: { time.now })
    }

    init(database: any Database, store: KeyStore) {
        self.database = database
        self.store = store
    }

    /// An authority of its own, as another process on the same database would have.
    ///
    /// - Parameters:
    ///   - cacheCapacity: Most keys that are remembered.
    ///   - hashes: Takes the place of bcrypt.
    ///   - log: Hears what is logged.
    ///   - configure: Changes the configuration.
    func authority(
        cacheCapacity: Int = 1_000, hashes: CountedHashes? = nil, log: RecordedLog = RecordedLog(),
        configure: (inout KeyAuthorityConfiguration) -> Void = { _ in }
    ) -> KeyAuthority {
        var configuration = KeyAuthorityConfiguration()
        configuration.cacheCapacity = cacheCapacity
        configuration.pollPause = .milliseconds(20)
        configure(&configuration)
        let verify: OlderKeySearch.Verification = { key, hash in
            if let hashes { return hashes.verify(key, hash) }
            return try Bcrypt.verify(key, against: hash)
        }
        let search = OlderKeySearch(
            database: self.database, configuration: configuration, logger: log.logger, verify: verify)
        let time = self.time
        return KeyAuthority(
            database: self.database, configuration: configuration, logger: log.logger, search: search, now: { time.now })
    }

    /// Writes a user as an older tool would.
    func insertUser(id: String, keyHash: String) async throws {
        let now = Timestamp.now()
        try await self.database.write { connection in
            _ = try connection.execute(
                "INSERT INTO users (id, api_key_hash, created_at, updated_at) VALUES (\(id), \(keyHash), \(now), \(now))")
        }
    }

    /// Writes a row of `api_keys` as the gateway's seeder does (CONTRACTS §9).
    func seed(_ caller: String, hash: String, role: String = "developer", trustLevel: Int = 2) async throws {
        try await self.run(
            """
            INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment, is_active, org_id)
            VALUES (\(caller), \(hash), \(role), \(trustLevel), 'dev', \(true), 'default')
            """)
    }

    /// Writes many rows of `api_keys`, `agent-1` and so on, whose hashes are ``CountedHashes/hash(_:)``.
    func seedMany(_ numbers: ClosedRange<Int>) async throws {
        let source: SQL =
            switch self.database.dialect {
            case .sqlite:
                """
                WITH RECURSIVE n(i) AS (SELECT \(numbers.lowerBound) UNION ALL SELECT i + 1 FROM n WHERE i < \(numbers.upperBound))
                SELECT 'agent-' || i, '$2b$12$' || substr('00000000000000000000000000000000000000000000000000000' || i, -53),
                    'developer', 2, 'dev' FROM n
                """
            case .postgres:
                """
                SELECT 'agent-' || i, '$2b$12$' || lpad(i::text, 53, '0'), 'developer', 2, 'dev'
                FROM generate_series(CAST(\(numbers.lowerBound) AS INTEGER), CAST(\(numbers.upperBound) AS INTEGER)) i
                """
            }
        try await self.run("INSERT INTO api_keys (caller_id, key_hash, role, trust_level, environment) \(source)")
    }

    /// Runs a statement as another tool would.
    func run(_ statement: SQL) async throws {
        try await self.database.write { _ = try $0.execute(statement) }
    }

    /// A number that a query gives as `n`.
    func number(_ query: SQL) async throws -> Int? {
        try await self.database.queryOne(query)?.decode("n")
    }
}

/// The time of one test, which stands still once it was set.
final class TestTime: Sendable {
    private let fixed = Mutex<Timestamp?>(nil)

    var now: Timestamp { self.fixed.withLock { $0 } ?? .now() }

    /// Stops at an instant.
    func set(_ instant: Timestamp) { self.fixed.withLock { $0 = instant } }
}

/// Stands for bcrypt, so that a test can have many rows, and counts.
final class CountedHashes: Sendable {
    private let keys: [String: String]
    private let state = Mutex(0)
    private let before: @Sendable () -> Void

    /// - Parameters:
    ///   - keys: Which key fits ``hash(_:)`` of which number.
    ///   - before: Runs before each verification, on the thread of the hashes.
    init(_ keys: [Int: String] = [:], before: @escaping @Sendable () -> Void = {}) {
        self.keys = Dictionary(uniqueKeysWithValues: keys.map { (Self.hash($0.key), $0.value) })
        self.before = before
    }

    /// How many hashes were computed.
    var count: Int { self.state.withLock { $0 } }

    func verify(_ key: [UInt8], _ hash: BcryptHash) -> Bool {
        self.before()
        self.state.withLock { $0 += 1 }
        return self.keys[hash.text].map { Array($0.utf8) == key } ?? false
    }

    /// A text of a hash's form for each number.
    static func hash(_ number: Int, cost: Int = 12) -> String {
        let digits = String(number)
        return "$2b$\(cost < 10 ? "0" : "")\(cost)$" + String(repeating: "0", count: 53 - digits.utf8.count) + digits
    }
}

/// Keeps what was logged.
final class RecordedLog: Sendable {
    private let lines = Mutex<[String]>([])
    private let (stream, news) = AsyncStream<String>.makeStream()

    var all: [String] { self.lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    /// Waits until a line with this text is logged; lines are told to one who waits only.
    func wait(for text: String) async {
        for await line in self.stream where line.contains(text) { return }
    }

    private func add(_ line: String) {
        self.lines.withLock { $0.append(line) }
        self.news.yield(line)
    }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            self.log.add("\(event.level) \(event.message) \(facts)")
        }
    }
}
