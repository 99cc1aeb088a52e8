import Audit
import AuditSchema
import Cryptography
import DatabaseTestSupport
import Foundation
import GatewaySchema
import Identity
import Logging
import Migrations
import Persistence
import SchemasTestSupport
import StrictJSON
import TestKit
import Testing

/// A migrated database and a folder of its own for one test.
struct AuditFixture {
    static let chains = [GatewayRevisions.chain, AuditRevisions.chain]

    let store: TestStore
    let url: DatabaseURL
    let database: any Database
    let folder: String
    let keyring: SecretKeyring

    /// Not a secret of anybody.
    static let secretText = String(repeating: "A", count: 43) + "="

    static func with(_ store: TestStore, _ body: (AuditFixture) async throws -> Void) async throws {
        try await withTestDatabaseURL(store) { url in
            try await Self.with(url, store, body)
        }
    }

    static func with(_ url: DatabaseURL, _ store: TestStore, _ body: (AuditFixture) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let database = try await TestDatabases.open(url)
            do {
                try await Migrator(database: database, chains: Self.chains, lock: NoMigrationLock()).upgrade()
                try await body(
                    AuditFixture(
                        store: store, url: url, database: database, folder: "\(folder)/audit",
                        keyring: try SecretKeyring(parsing: Self.secretText)))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    /// Runs a journal as a process would, and ends it in good order.
    func withJournal<Value>(
        on database: (any Database)? = nil, folder: String? = nil,
        configuration: JournalConfiguration = AuditFixture.configuration(), seams: JournalSeams = JournalSeams(),
        _ body: (Journal) async throws -> Value
    ) async throws -> Value {
        let journal = try await Journal.open(
            database: database ?? self.database, folder: folder ?? self.folder, keyring: self.keyring,
            configuration: configuration, logger: Logger(label: "test"), seams: seams)
        let running = Task { await journal.run() }
        let value: Value
        do {
            value = try await body(journal)
        } catch {
            journal.stop()
            await running.value
            throw error
        }
        journal.stop()
        await running.value
        return value
    }

    static func configuration(_ change: (inout JournalConfiguration) -> Void = { _ in }) -> JournalConfiguration {
        var configuration = JournalConfiguration()
        // Long, because test machines are busy; tests of slowness set another.
        configuration.commitDeadline = .seconds(60)
        configuration.longestDrainPause = .milliseconds(100)
        change(&configuration)
        return configuration
    }

    func event(_ id: String, _ change: (inout AuditEvent) -> Void = { _ in }) -> AuditEvent {
        var event = AuditEvent(
            requestID: AuditRequestID(unchecked: id), timestamp: .now(), callerID: "agent-1", callerRole: "developer",
            environment: "dev", server: "files", toolName: "fs.read", rawArgumentsHash: String(repeating: "0f", count: 32),
            sanitizedArguments: ["path": "/data/report.csv", "limit": 5], riskLabels: ["LOW_READONLY"], riskScore: 0.25,
            matchedPolicyRule: "allow-reads", decision: "ALLOW", executionStatus: "SUCCESS", latencyMilliseconds: 12,
            deterministicRationale: "Matched rule 'allow-reads'")
        change(&event)
        return event
    }

    /// Everything that a request leaves.
    func recordRequest(_ id: String, in journal: Journal) async -> [RecordAnswer] {
        [
            await journal.record(.intent(AuditRequestID(unchecked: id), details: ["tool": "fs.read"])),
            await journal.record(.decision(AuditRequestID(unchecked: id), details: ["rule": "allow-reads"])),
            await journal.record(.outcome(.success, closing: self.event(id))),
        ]
    }

    func verify(folder: String? = nil) async throws -> VerificationReport {
        try await JournalVerifier(database: self.database, folder: folder ?? self.folder, keyring: self.keyring).verify()
    }

    func count(_ table: String, _ condition: SQL = "1 = 1") async throws -> Int {
        try await self.database.queryOne("SELECT count(*) AS n FROM \(identifier: table) WHERE \(condition)")?.decode("n") ?? -1
    }

    func run(_ statements: SQL...) async throws {
        try await self.database.transaction { connection in
            for statement in statements { try connection.execute(statement) }
        }
    }

    /// What somebody does who owns the database.
    func disarmTriggers() async throws {
        switch self.store {
        case .postgres:
            for table in ["audit_journal", "audit_heads", "audit_requests", "audit_events", "audit_segments", "audit_roll"] {
                try await self.run("ALTER TABLE \(identifier: table) DISABLE TRIGGER ALL")
            }
        case .sqlite:
            let names = try await self.database.query("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                .map { try $0.decode("name", as: String.self) }
            for name in names { try await self.run("DROP TRIGGER \(identifier: name)") }
        }
    }

    /// Waits until the journal says what is wanted; a test that fails here hangs for two minutes first.
    func wait(for journal: Journal, until isWanted: (JournalState) -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while !isWanted(journal.currentState) {
            try #require(ContinuousClock.now < end, "the journal stays \(journal.currentState)")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Waits until a query has a row.
    func wait(forRow query: SQL) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while try await self.database.queryOne(query) == nil {
            try #require(ContinuousClock.now < end, "there is no such row")
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
