import Approval
import ApprovalSchema
import ApprovalTestSupport
import Audit
import AuditSchema
import Cryptography
import DatabaseTestSupport
import GatewaySchema
import Identity
import Logging
import Migrations
import Persistence
import PersistencePostgres
import PersistenceSQLite
import Policy
import SchemasTestSupport
import StrictJSON
import Synchronization
import TestKit
import Testing
import ToolGateway

/// A gateway on a migrated database with a journal, a desk and a tool of its own.
struct GatewayFixture: Sendable {
    static let chains = [GatewayRevisions.chain, AuditRevisions.chain, ApprovalRevisions.chain]
    /// Not a secret of anybody.
    static let secretText = String(repeating: "A", count: 43) + "="

    static let policy = """
        version: "1.0"
        name: test
        tool_schemas:
          fs.read:
            required: [path]
            additional_properties: false
            properties:
              path: {type: string, maxLength: 512}
          vault.put:
            properties:
              token: {type: string, sensitive: true}
        rules:
          - name: allow-read
            description: Reads under data
            priority: 50
            tools: [fs.read]
            decision: ALLOW
            constraints:
              path: {allowed_prefixes: [/data/]}
          - {name: ask-write, description: Writes need a yes, priority: 60, tools: [fs.write], decision: APPROVAL_REQUIRED}
          - {name: clean-note, description: Notes are cleaned, priority: 40, tools: [note.add], decision: SANITIZE_AND_ALLOW}
          - {name: allow-rest, description: Harmless, priority: 30, tools: [mail.list, vault.put], decision: ALLOW}
        output_rules:
          - name: no-keys
            tools: ["*"]
            priority: 100
            decision: DENY
            constraints: {patterns: [{field: "*", pattern: "top secret", label: KEY}]}
          - name: ask-release
            tools: ["*"]
            priority: 90
            decision: APPROVAL_REQUIRED
            constraints: {patterns: [{field: "*", pattern: "confidential", label: CONFIDENTIAL}]}
          - name: redact-mail
            tools: ["*"]
            priority: 70
            decision: REDACT
            constraints: {patterns: [{field: "*", pattern: "[a-z]+@[a-z.]+", label: MAIL, replacement: "[REDACTED_EMAIL]"}]}
        """

    let database: any Database
    let journal: Journal
    let running: Task<Void, Never>
    let desk: ApprovalDesk
    let ledger: InMemoryLedger
    let tool: ScriptedTool
    let policies: PolicyStore
    let pipeline: GatewayPipeline
    let events: Collected<GatewayEvent>
    let folder: String
    let keyring: SecretKeyring

    static let agent = Caller(
        id: CallerID(unchecked: "agent-1"), kind: .gatewayCaller, organisation: OrganisationID(unchecked: "acme"),
        role: Role(unchecked: "developer"), environment: EnvironmentName(unchecked: "dev"))
    static let admin = Caller(
        id: CallerID(unchecked: "ada"), kind: .gatewayCaller, organisation: OrganisationID(unchecked: "acme"), role: .admin)

    static func with(
        _ store: TestStore, advisor: (any RiskAdvisor)? = nil, argumentHash: ArgumentHash = .sha256,
        _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        try await withTestDatabaseURL(store) { url in
            try await withTemporaryDirectory { folder in
                let database: any Database =
                    switch url.dialect {
                    case .sqlite: try await SQLiteDatabase.open(url: url)
                    case .postgres: try await PostgresDatabase.open(url: url)
                    }
                do {
                    try await Migrator(database: database, chains: Self.chains, lock: NoMigrationLock()).upgrade()
                    try await Self.with(database, folder, advisor, argumentHash, body)
                } catch {
                    await database.close()
                    throw error
                }
                await database.close()
            }
        }
    }

    private static func with(
        _ database: any Database, _ folder: String, _ advisor: (any RiskAdvisor)?, _ argumentHash: ArgumentHash,
        _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        let keyring = try SecretKeyring(parsing: Self.secretText)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let journal = try await Journal.open(
            database: database, folder: folder + "/audit", keyring: keyring, logger: logger)
        let running = Task { await journal.run() }
        let ledger = InMemoryLedger()
        let desk = ApprovalDesk(
            database: database, keyring: keyring, ledger: ledger, directory: ListedApprovers(), logger: logger)
        let policies = try PolicyStore(PolicyTexts(["default.yaml": Self.policy]), environment: "dev", logger: logger)
        let tool = ScriptedTool()
        let events = Collected<GatewayEvent>()
        let pipeline = try GatewayPipeline(
            GatewayPipeline.Parts(
                policies: policies, executor: tool, desk: desk, journal: journal, keyring: keyring, advisor: advisor,
                argumentHash: argumentHash),
            logger: logger, observer: { events.append($0) })
        let fixture = GatewayFixture(
            database: database, journal: journal, running: running, desk: desk, ledger: ledger, tool: tool, policies: policies,
            pipeline: pipeline, events: events, folder: folder, keyring: keyring)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(fixture))
        } catch {
            result = .failure(error)
        }
        running.cancel()
        await running.value
        try result.get()
    }

    /// Calls a tool of the server `files`.
    func invoke(
        _ id: String, _ tool: String, _ arguments: JSONObject = [:], token: String? = nil,
        by caller: Caller = GatewayFixture.agent
    ) async throws(GatewayRefusal) -> InvocationResult {
        try await self.pipeline.invoke(
            Invocation(
                requestID: id, call: ToolCall(server: "files", tool: tool, arguments: arguments, caller: caller),
                approvalToken: token))
    }

    /// The kinds of the records of a request, in order.
    func records(of id: String) async throws -> [String] {
        try await self.database.query("SELECT kind FROM audit_journal WHERE request_id = \(id) ORDER BY sequence")
            .map { try $0.decode("kind") }
    }

    /// Waits until everything kept is in the database: on a busy machine the journal may have set some aside first.
    func settle() async throws {
        let end = ContinuousClock.now + .seconds(120)
        while self.journal.currentState.waiting > 0 || self.journal.currentState.spool.depth > 0 {
            try #require(ContinuousClock.now < end, "the journal stays \(self.journal.currentState)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func event(_ id: String) async throws -> AuditEvent? {
        try await AuditTrail(database: self.database, keyring: self.keyring)
            .event(of: AuditRequestID(unchecked: id), organisation: nil)
    }

    func approve(_ token: String?) async throws {
        let handle = try #require(token.flatMap { ApprovalToken($0)?.handle })
        let outcome = try await self.desk.decide(ApprovalReference(handle), .approve, by: Self.admin)
        guard case .recorded = outcome else {
            Issue.record("not approved: \(outcome)")
            return
        }
    }

    /// Every intent has an outcome, and the whole trail is as it was written.
    func checkTrail() async throws {
        let open = try await self.database.queryOne("SELECT count(*) AS n FROM audit_open_requests")
        #expect(try open?.decode("n", as: Int.self) == 0)
        let report = try await JournalVerifier(database: self.database, keyring: self.keyring).verify()
        #expect(report.faults == [])
    }
}

/// What was told, in order.
final class Collected<Element: Sendable>: Sendable {
    private let state = Mutex<[Element]>([])
    var all: [Element] { self.state.withLock { $0 } }
    func append(_ element: Element) { self.state.withLock { $0.append(element) } }
}

/// A tool for tests, which can be told how to fail.
final class ScriptedTool: ToolExecutor {
    struct Call: Sendable {
        let request: ToolRequest
        let body: [UInt8]
        let server: String
    }

    private struct State {
        var calls: [Call] = []
        var answer: @Sendable (Call) async -> ToolOutcome = { _ in .success(["ok": true]) }
    }

    private let state = Mutex(State())

    var calls: [Call] { self.state.withLock { $0.calls } }

    func answer(_ answer: @escaping @Sendable (Call) async -> ToolOutcome) { self.state.withLock { $0.answer = answer } }

    func run(_ request: ToolRequest, body: [UInt8], on server: String) async -> ToolOutcome {
        let call = Call(request: request, body: body, server: server)
        let answer = self.state.withLock { state in
            state.calls.append(call)
            return state.answer
        }
        return await answer(call)
    }
}
