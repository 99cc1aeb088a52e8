import Audit
import AuditHTTP
import AuditSchema
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
import TestKit
import Testing

/// The operations over a migrated database, with a journal that runs.
struct AuditService {
    static let adminKey = "admin" + "-credential"
    static let otherAdminKey = "other-admin" + "-credential"
    static let agentKey = "agent" + "-credential"

    let journal: Journal
    let database: any Database
    let recorder: RefusalRecorder
    let limits: CountingLimits
    let service: HTTPService

    static func with(
        _ store: TestStore, budget: [String: Int] = [:], _ body: (AuditService) async throws -> Void
    ) async throws {
        try await withMigratedDatabase(store, [GatewayRevisions.chain, AuditRevisions.chain]) { database, _ in
            try await withTemporaryDirectory { folder in
                let keyring = try SecretKeyring(parsing: String(repeating: "A", count: 43) + "=")
                let journal = try await Journal.open(
                    database: database, folder: "\(folder)/audit", keyring: keyring, logger: Logger(label: "test"))
                let running = Task { await journal.run() }
                let recorder = RefusalRecorder(journal: journal)
                let limits = CountingLimits(budget)
                func caller(_ name: String, role: String, organisation: OrganisationID) -> Caller {
                    Caller(
                        id: CallerID(unchecked: name), kind: .gatewayCaller, organisation: organisation,
                        role: Role(unchecked: role))
                }
                let callers = FixedCallers([
                    Self.adminKey: caller("ada", role: "admin", organisation: .default),
                    Self.otherAdminKey: caller("grace", role: "admin", organisation: OrganisationID(unchecked: "other")),
                    Self.agentKey: caller("agent-1", role: "developer", organisation: .default),
                ])
                guard let keyHeader = HTTPField.Name("X-API-Key") else { return }
                let service = try HTTPService(
                    operations: AuditOperations(trail: AuditTrail(database: database, keyring: keyring)).operations,
                    parts: HTTPService.Parts(
                        resolver: callers, limits: limits, metrics: try HTTPMetrics(registry: PrometheusRegistry()),
                        translate: { _ in nil }, refusals: recorder),
                    configuration: HTTPService.Configuration(keyHeader: keyHeader))
                do {
                    try await body(
                        AuditService(
                            journal: journal, database: database, recorder: recorder, limits: limits, service: service))
                } catch {
                    running.cancel()
                    await running.value
                    throw error
                }
                running.cancel()
                await running.value
            }
        }
    }

    func get(_ path: String, key: String? = AuditService.adminKey) async throws -> ServiceAnswer {
        try await self.service.answer(.get, path, headers: key.map { [.authorization: "Bearer \($0)"] } ?? [:])
    }

    /// Leaves events `req-0`, `req-1`, …, a second apart.
    func fill(_ count: Int, organisation: OrganisationID = .default) async throws {
        let start = try #require(Timestamp(rfc3339: "2026-11-20T21:52:36.972357Z"))
        for number in 0..<count {
            let event = AuditEvent(
                requestID: AuditRequestID(unchecked: "\(organisation.text)/req-\(number)"), traceID: "trace",
                timestamp: start.advanced(by: .seconds(number)), callerID: "agent-\(number % 2)", server: "files",
                toolName: number.isMultiple(of: 3) ? "fs.read" : "fs.write", rawArgumentsHash: "0f",
                sanitizedArguments: ["path": "/data"], riskLabels: ["LOW_READONLY"], riskScore: 0.25, matchedPolicyRule: "rule",
                decision: number.isMultiple(of: 5) ? "DENY" : "ALLOW", deterministicRationale: "because",
                organisation: organisation)
            #expect(await self.journal.record(.decision(closing: event, takesRequestID: true)) == .durable)
        }
    }

    /// The details of all refusals, in order.
    func refusals() async throws -> [JSONValue] {
        let rows = try await self.database.query("SELECT body FROM audit_journal WHERE kind = 'refusal' ORDER BY sequence")
        return try rows.map { try JSONValue(parsing: $0.decode("body", as: String.self).utf8)["details"] ?? .null }
    }
}
