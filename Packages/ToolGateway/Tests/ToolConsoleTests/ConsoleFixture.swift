import Approval
import ApprovalSchema
import ApprovalTestSupport
import Audit
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
import Policy
import PrometheusMetrics
import SchemasTestSupport
import StrictJSON
import Synchronization
import TestKit
import ToolConsole
import ToolConsoleHTTP
import ToolGateway

/// A built-in tool that does as it is told, and remembers with which arguments.
final class ScriptedTool: BuiltInTool {
    let name: String
    let summary = "Does as it is told"
    private let failure: BuiltInFailure?
    private let state = Mutex<[JSONObject]>([])

    init(_ name: String, failure: BuiltInFailure? = nil) {
        self.name = name
        self.failure = failure
    }

    var runs: [JSONObject] { self.state.withLock { $0 } }

    func run(_ arguments: JSONObject) async throws(BuiltInFailure) -> JSONObject {
        self.state.withLock { $0.append(arguments) }
        if let failure { throw failure }
        return ["done": true, "tool_name": "not told"]
    }
}

/// Tool servers that answer what they were asked.
struct EchoServers: ToolExecutor {
    func run(_ request: ToolRequest, body: [UInt8], on server: String) async -> ToolOutcome {
        .success(["server": .string(server), "tool": .string(request.tool.text)])
    }
}

/// A console over a gateway with a database, a journal and a policy of its own.
struct ConsoleFixture: Sendable {
    static let keyHeader: HTTPField.Name = .authorization
    static let ada: HTTPFields = [keyHeader: "ada-key"]
    static let local = IPAddress("127.0.0.1")
    static let remote = IPAddress("192.0.2.1")

    static let policy = """
        version: "1.0"
        name: test
        rules:
          - {name: allow-built-ins, priority: 50, tools: [builtin.works, builtin.fails, builtin.off], servers: [builtin], decision: ALLOW}
          - {name: ask, priority: 50, tools: [builtin.asks], decision: APPROVAL_REQUIRED}
          - {name: allow-read, priority: 40, tools: [fs.read], roles: [developer], decision: ALLOW}
        """

    let database: any Database
    let works = ScriptedTool("works")
    let fails = ScriptedTool("fails", failure: BuiltInFailure("the disk is full"))
    let asks = ScriptedTool("asks")
    let off = ScriptedTool("off")
    let limits: CountingLimits
    let desk: ApprovalDesk
    let http: HTTPService

    static func with(
        _ kind: TestStore, servers: [String] = ["files"], budget: [String: Int] = [:],
        _ body: (ConsoleFixture) async throws -> Void
    ) async throws {
        let chains = [GatewayRevisions.chain, AuditRevisions.chain, ApprovalRevisions.chain]
        try await withMigratedDatabase(kind, chains) { database, _ in
            try await withTemporaryDirectory { folder in
                let keyring = try SecretKeyring(parsing: String(repeating: "A", count: 43) + "=")
                let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
                let journal = try await Journal.open(
                    database: database, folder: folder + "/audit", keyring: keyring, logger: logger)
                let running = Task { await journal.run() }
                let result: Result<Void, any Error>
                do {
                    let fixture = try ConsoleFixture(
                        database, journal: journal, keyring: keyring, servers: servers, limits: CountingLimits(budget),
                        logger: logger)
                    result = .success(try await body(fixture))
                } catch {
                    result = .failure(error)
                }
                running.cancel()
                await running.value
                try result.get()
            }
        }
    }

    private init(
        _ database: any Database, journal: Journal, keyring: SecretKeyring, servers: [String], limits: CountingLimits,
        logger: Logger
    ) throws {
        self.database = database
        self.limits = limits
        self.desk = ApprovalDesk(
            database: database, keyring: keyring, ledger: InMemoryLedger(), directory: ListedApprovers(), logger: logger)
        let registry = try ToolRegistry(
            builtIns: [(self.works, true), (self.fails, true), (self.off, false), (self.asks, true)], servers: servers)
        let pipeline = try GatewayPipeline(
            GatewayPipeline.Parts(
                policies: try PolicyStore(PolicyTexts(["default.yaml": Self.policy]), environment: "dev", logger: logger),
                executor: BuiltInExecutor(registry: registry, others: EchoServers()), desk: self.desk, journal: journal,
                keyring: keyring),
            logger: logger)
        let callers = FixedCallers([
            "ada-key": Caller(
                id: CallerID(unchecked: "ada"), kind: .gatewayCaller, role: .developer, trustLevel: .medium)
        ])
        self.http = try HTTPService(
            operations: ToolConsoleOperations(registry: registry, pipeline: pipeline).operations,
            parts: .init(
                resolver: callers, limits: limits, metrics: try HTTPMetrics(registry: PrometheusRegistry()),
                translate: { _ in nil }),
            configuration: .init(keyHeader: Self.keyHeader))
    }

    func execute(
        _ id: String, _ body: JSONValue? = nil, headers: HTTPFields = [:], from peer: IPAddress? = Self.local
    ) async throws -> ServiceAnswer {
        try await self.http.answer(
            .post, "/api/tools/\(id)/execute", headers: headers, body: body?.compactBytes(), peer: peer)
    }

    /// Caller, tool, decision and execution status of each call on record.
    func events() async throws -> [String] {
        try await self.database.query(
            "SELECT caller_id, mcp_server, tool_name, decision, execution_status FROM audit_events ORDER BY timestamp"
        ).map { row in
            [
                try row.decode("caller_id", as: String.self), try row.decode("mcp_server", as: String.self),
                try row.decode("tool_name", as: String.self), try row.decode("decision", as: String.self),
                try row.decode("execution_status", as: String?.self) ?? "-",
            ].joined(separator: " ")
        }
    }
}
