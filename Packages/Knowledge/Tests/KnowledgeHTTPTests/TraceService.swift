import CommonsSchema
import ContentScreening
import Cryptography
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Knowledge
import KnowledgeFreshness
import KnowledgeFreshnessSchema
import KnowledgeHTTP
import KnowledgeSchema
import Persistence
import DatabaseTestSupport
import PrometheusMetrics
import SchemasTestSupport
import SecretScanning
import Synchronization
import Testing

/// The operations on traces with all stages around them, over a database of their own.
struct TraceService {
    static let author = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"
    static let headers: HTTPFields = [.authorization: "Bearer key"]

    let http: HTTPService
    let database: any Database
    let registry: PrometheusRegistry
    /// How often it was told that a trace is stored.
    let stored: StoredCount

    /// The lines of the metrics about content.
    var contentMetrics: [String] {
        String(decoding: self.registry.render(), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("gatehouse_content_") }
    }

    /// How many rows a table has.
    func count(_ table: String) async throws -> Int {
        let query = SQL(unchecked: "SELECT count(*) AS n FROM \(table)")
        return try await self.database.read { try $0.queryOne(query)?.decode("n") ?? -1 }
    }

    /// Lends a service.
    static func with(
        _ kind: TestStore, mode: ScanMode = .compatible, limits: CountingLimits = CountingLimits(),
        _ body: (TraceService) async throws -> Void
    ) async throws {
        let chains = [CommonsRevisions.chain, KnowledgeRevisions.chain, FreshnessRevisions.chain]
        try await withMigratedDatabase(kind, chains) { database, _ in
            let now = Timestamp.now()
            try await database.transaction { connection in
                for id in [Self.author, CommonsService.agent] {
                    try connection.execute("INSERT INTO users (id, created_at, updated_at) VALUES (\(id), \(now), \(now))")
                }
            }
            let callers = [
                "key": Caller(id: CallerID(unchecked: Self.author), kind: .user),
                "agent": Caller(id: CallerID(unchecked: "dev-agent"), kind: .gatewayCaller),
                "impostor": Caller(id: CallerID(unchecked: Self.author), kind: .gatewayCaller),
            ]
            let registry = PrometheusRegistry()
            let parts = HTTPService.Parts(
                resolver: FixedCallers(callers), limits: limits,
                metrics: try HTTPMetrics(registry: registry), translate: { _ in nil })
            let header = try #require(HTTPField.Name("X-API-Key"))
            let gate = ContentGate(mode: mode, metrics: try ContentMetrics(registry: registry))
            let stored = StoredCount()
            let keyring = SecretKeyring(current: try ServerSecret.random())
            let stores = TraceOperations.Stores(
                traces: TraceStore(database: database), list: TraceList(database: database, keyring: keyring),
                amendments: AmendmentStore(database: database, keyring: keyring),
                freshness: FreshnessStore(database: database))
            let traces = TraceOperations(
                stores: stores, gate: gate, contributors: TableContributors(database: database), onStored: { stored.count() })
            let service = try HTTPService(
                operations: traces.operations + SearchOperations(search: TraceSearch(database: database)).operations,
                parts: parts, configuration: HTTPService.Configuration(keyHeader: header))
            try await body(TraceService(http: service, database: database, registry: registry, stored: stored))
        }
    }
}

/// Counts, from any task.
final class StoredCount: Sendable {
    private let number = Mutex(0)

    var value: Int { self.number.withLock { $0 } }

    func count() { self.number.withLock { $0 += 1 } }
}
