import Approval
import ApprovalHTTP
import ApprovalSchema
import ApprovalTestSupport
import Cryptography
import DatabaseTestSupport
import GatewaySchema
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Logging
import Persistence
import PrometheusMetrics
import SchemasTestSupport
import StrictJSON
import Synchronization
import Testing

/// The operations on approvals with all stages around them, over a database of their own.
struct ApprovalService {
    let http: HTTPService
    let desk: ApprovalDesk
    let ledger: InMemoryLedger
    let limits: CountingLimits
    let registry: PrometheusRegistry
    let refusals: HeardRefusals

    static let acme = OrganisationID(unchecked: "acme")

    static let callers: [String: Caller] = [
        "agent": Self.caller("agent-1", person: "jo@example.org"),
        "agent-2": Self.caller("agent-2"),
        "namesake": Caller(id: CallerID(unchecked: "agent-1"), kind: .user, organisation: Self.acme),
        "admin": Self.caller("admin-1", .admin, person: "kim@example.org"),
        "admin-2": Self.caller("admin-2", .admin),
        "self": Self.caller("admin-3", .admin, person: "jo@example.org"),
        "elsewhere": Self.caller("admin-1", .admin, in: OrganisationID(unchecked: "other")),
    ]

    private static func caller(
        _ id: String, _ role: Role = .developer, in organisation: OrganisationID = ApprovalService.acme, person: String? = nil
    ) -> Caller {
        Caller(
            id: CallerID(unchecked: id), kind: .gatewayCaller, organisation: organisation, role: role,
            person: person.map { PersonID(unchecked: $0) })
    }

    static func with(_ store: TestStore, _ body: (ApprovalService) async throws -> Void) async throws {
        try await withMigratedDatabase(store, [GatewayRevisions.chain, ApprovalRevisions.chain]) { database, _ in
            let ledger = InMemoryLedger()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let desk = ApprovalDesk(
                database: database, keyring: SecretKeyring(current: try ServerSecret.random()), ledger: ledger,
                directory: ListedApprovers(), logger: logger)
            let limits = CountingLimits()
            let registry = PrometheusRegistry()
            let refusals = HeardRefusals()
            let parts = HTTPService.Parts(
                resolver: FixedCallers(Self.callers), limits: limits, metrics: try HTTPMetrics(registry: registry),
                translate: { _ in nil }, refusals: refusals)
            let header = try #require(HTTPField.Name("X-API-Key"))
            let service = try HTTPService(
                operations: ApprovalOperations(desk: desk).operations, parts: parts,
                configuration: HTTPService.Configuration(keyHeader: header))
            try await body(
                ApprovalService(
                    http: service, desk: desk, ledger: ledger, limits: limits, registry: registry, refusals: refusals))
        }
    }

    func issue(_ change: (inout ApprovalDraft) -> Void = { _ in }) async throws -> IssuedApproval {
        var draft = ApprovalDraft(
            requestID: "req-1", caller: try #require(Self.callers["agent"]), server: "files", tool: "fs.write",
            policyRevision: "r1", receivedArguments: ["path": "x"],
            sentArguments: ["path": "/data/\u{202E}x", "a": ["b": [1, 1.0, true, .null, []]]],
            sanitizedCall: ["tool": "fs.write"], riskExplanation: "writes", riskLabels: ["HIGH_WRITE_ACTION"], riskScore: 0.5)
        change(&draft)
        guard case .issued(let issued) = try await self.desk.issue(draft) else {
            throw PersistenceError(.other, message: "the draft is refused")
        }
        return issued
    }

    func get(_ path: String, as key: String) async throws -> ServiceAnswer {
        try await self.http.answer(.get, path, headers: [.authorization: "Bearer \(key)"])
    }

    func post(_ path: String, as key: String, body: [UInt8]? = nil) async throws -> ServiceAnswer {
        var headers: HTTPFields = [.authorization: "Bearer \(key)"]
        if body != nil { headers[.contentType] = "application/json" }
        return try await self.http.answer(.post, path, headers: headers, body: body)
    }
}

/// Keeps the refusals that the stages tell of.
final class HeardRefusals: RefusalObserver {
    private let heard = Mutex<[HTTPRefusal]>([])

    var all: [HTTPRefusal] { self.heard.withLock { $0 } }

    func note(_ refusal: HTTPRefusal) async { self.heard.withLock { $0.append(refusal) } }
}
