import Approval
import ApprovalTestSupport
import Audit
import Cryptography
import DatabaseTestSupport
import Foundation
import Identity
import Logging
import Persistence
import PersistencePostgres
import ProgramTestSupport
import SchemaSupport
import StrictJSON
import TestKit
import Testing

/// A gateway beside the server: it works on the same database with the same secret, as another process would.
struct Gateway: Sendable {
    let database: any Database
    let keyring: SecretKeyring
    let journal: Journal
    let desk: ApprovalDesk

    /// The arguments that tests ask approval for.
    static let arguments: JSONValue = ["path": "/data/output/report.csv", "content": "ok\u{202E}"]

    /// A request for approval of ``arguments`` by the seeded agent.
    static func draft(_ id: String, arguments: JSONValue = Self.arguments, quorum: Int = 1) -> ApprovalDraft {
        ApprovalDraft(
            requestID: id, caller: Self.agent(), server: "files", tool: "fs.write", policyRevision: "r1",
            receivedArguments: arguments, sentArguments: arguments, sanitizedCall: ["tool": "fs.write"], quorum: quorum)
    }

    /// The use of an approval of ``arguments``.
    static func use(_ token: String, _ id: String, arguments: JSONValue = Self.arguments) -> ApprovalUse {
        ApprovalUse(
            token: token, requestID: id, caller: Self.agent(), server: "files", tool: "fs.write", policyRevision: "r1",
            receivedArguments: arguments, sentArguments: arguments)
    }

    static func agent() -> Caller {
        Caller(id: CallerID(unchecked: "dev-agent"), kind: .gatewayCaller, role: .developer, trustLevel: .medium)
    }

    func issue(_ id: String, quorum: Int = 1) async throws -> IssuedApproval {
        guard case .issued(let issued) = try await self.desk.issue(Self.draft(id, quorum: quorum)) else {
            throw UnexpectedAnswer()
        }
        return issued
    }

    static func event(_ id: String, organisation: OrganisationID = .default, tool: String = "fs.read", decision: String = "ALLOW")
        -> AuditEvent
    {
        AuditEvent(
            requestID: AuditRequestID(unchecked: id), timestamp: .now(), callerID: "dev-agent", server: "files", toolName: tool,
            rawArgumentsHash: "00", matchedPolicyRule: "rule", decision: decision, deterministicRationale: "because",
            organisation: organisation)
    }

    struct UnexpectedAnswer: Error {}
}

extension ConsumeOutcome {
    /// Why nothing was spent; nil when something was.
    var refusal: ApprovalRefusal? {
        switch self {
        case .consumed: nil
        case .refused(let refusal): refusal
        }
    }
}

/// Lends settings that lead to a Redis of its own, or none.
func withRedisIfWanted<Value>(_ isWanted: Bool, _ body: ([String: String]) async throws -> Value) async throws -> Value {
    guard isWanted else { return try await body([:]) }
    return try await withRedisServer { try await body(["REDIS_URL": $0.url]) }
}

extension TestPlace {
    /// Lends a gateway on the place's database, whose schema must be there.
    func withGateway<Value>(_ body: (Gateway) async throws -> Value) async throws -> Value {
        let keyring: SecretKeyring
        switch self.store {
        case .sqlite: keyring = try SecretKeyFile.loadOrCreate(path: "\(self.folder)/var/secret.key")
        case .postgres: keyring = try SecretKeyring(parsing: Data(repeating: 7, count: 32).base64EncodedString())
        }
        let logger = Logger(label: "gateway", factory: { _ in SwiftLogNoOpLogHandler() })
        let (database, _) = try await GatehouseSchema.open(try DatabaseURL(self.url), postgres: PostgresConfiguration())
        let journal = try await Journal.open(
            database: database, folder: "\(self.folder)/var/gateway-audit", keyring: keyring, logger: logger)
        let desk = ApprovalDesk(
            database: database, keyring: keyring, ledger: InMemoryLedger(), directory: ListedApprovers(), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await journal.run() }
            let result: Result<Value, any Error>
            do {
                result = .success(
                    try await body(Gateway(database: database, keyring: keyring, journal: journal, desk: desk)))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            try await group.waitForAll()
            await database.close()
            return try result.get()
        }
    }

    /// Makes the callers that every installation begins with.
    ///
    /// - Returns: The keys of `dev-agent` and `dashboard-admin`.
    func seed() async throws -> (agent: String, admin: String) {
        let result = try await Programs.migrator("seed", in: self.folder)
        try #require(result.isSuccess, "\(result.standardError.text)")
        let keys = result.standardOutput.text.matches(of: #/gth_\w{46}/#).map { String($0.0) }
        try #require(keys.count == 2)
        return (keys[0], keys[1])
    }
}

extension RunningServer {
    /// Opens a session, and returns the header field that presents it.
    func signIn(_ key: String) async throws -> String {
        let answer = try await self.client.send("POST", "/v1/admin/login", body: #"{"api_key":"\#(key)"}"#)
        try #require(answer.status == 200, "\(answer.text)")
        return "Authorization: Bearer \(try answer.string("session_token"))"
    }

    /// What the journal holds of administration, in its order.
    func administration() async throws -> [JSONValue] {
        try await self.place.query("SELECT body FROM audit_journal ORDER BY recorded_at, sequence")
            .compactMap { try JSONValue(parsing: Array($0.utf8))["details"]?["administration"] }
    }

    /// The bodies of the records of refused calls, in the order of the journal.
    func refusals() async throws -> [JSONValue] {
        try await self.place.query("SELECT body FROM audit_journal WHERE kind = 'refusal' ORDER BY recorded_at, sequence")
            .compactMap { try JSONValue(parsing: Array($0.utf8))["details"] }
    }
}
