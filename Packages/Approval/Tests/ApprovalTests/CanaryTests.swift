@testable import Approval
import ApprovalTestSupport
import Cryptography
import DatabaseTestSupport
import Foundation
import Persistence
import PrometheusMetrics
import StrictJSON
import TestKit
import Testing

/// Raw values of calls are nowhere in the clear, before and after the decision.
@Suite("Sealing")
struct CanaryTests {
    typealias Fixture = ApprovalFixture

    private let canaries = ["received", "sent", "output", "note"].map { "canary-\($0)-\(UInt32.random(in: .min ... .max))-end" }

    /// All bytes that the gateway keeps or tells, outside of memory.
    private func everything(_ fixture: Fixture) async throws -> [(String, Data)] {
        var found: [(String, Data)] = []
        for file in try await self.files(of: fixture) {
            // A file may go while it is being read.
            if let bytes = try? Data(contentsOf: URL(filePath: file)) { found.append((file, bytes)) }
        }
        if let redis = fixture.redis {
            for key in try await redis.command("KEYS", "*").split(separator: "\n") {
                found.append(("redis \(key)", Data("\(key) \(try await redis.command("GET", String(key)))".utf8)))
            }
        }
        found.append(("log", Data(fixture.log.all.joined(separator: "\n").utf8)))
        found.append(("ledger", Data("\(fixture.ledger.events)".utf8)))
        found.append(("notices", Data("\(fixture.notices.told) \(fixture.notices.told.map(\.json))".utf8)))
        found.append(("metrics", Data(fixture.registry.render())))
        return found
    }

    private func files(of fixture: Fixture) async throws -> [String] {
        switch fixture.url.location {
        case .sqliteFile(let path):
            return [path, "\(path)-wal", "\(path)-shm"]
        case .sqliteMemory:
            return []
        case .postgres:
            try await fixture.database.write { _ = try $0.execute("CHECKPOINT") }
            let row = try await fixture.database.queryOne(
                """
                SELECT current_setting('data_directory') AS folder,
                    (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS number
                """)
            let folder = try #require(try row?.decode("folder", as: String.self))
            let number = try #require(try row?.decode("number", as: String.self))
            return try ["\(folder)/base/\(number)", "\(folder)/pg_wal"].flatMap { folder in
                try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
            }
        }
    }

    private func expectNoCanary(_ fixture: Fixture, _ stage: String, but allowed: [String] = []) async throws {
        let places = try await self.everything(fixture)
        for canary in self.canaries {
            let forms = [
                Data(canary.utf8), Data(Hex.encode(Array(canary.utf8)).utf8),
                Data(Data(canary.utf8).base64EncodedData().prefix(16)),
            ]
            for (place, bytes) in places {
                // Notes are for people to read, so the table has them.
                if allowed.contains(canary), place.contains("/") { continue }
                for form in forms {
                    #expect(bytes.range(of: form) == nil, "\(canary) in \(place) when \(stage)")
                }
            }
        }
    }

    @Test("S3-4, S3-16, H4: keeps no byte of arguments and outputs in the clear, and no token", arguments: Setup.allCases)
    func canaries(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let desk = fixture.anotherDesk(notifier: LogNotifier(logger: fixture.log.logger))
            for end in ["approved", "denied", "cancelled", "expired"] {
                let received: JSONValue = ["path": .string(self.canaries[0])]
                let sent: JSONValue = ["path": .string(self.canaries[1])]
                let issued = try await fixture.issue {
                    $0.scope = .outputRelease
                    $0.receivedArguments = received
                    $0.sentArguments = sent
                    $0.output = ["text": .string(self.canaries[2])]
                }
                try await self.expectNoCanary(fixture, "pending", but: [self.canaries[3]])
                let reference = ApprovalReference(issued.handle)
                // The approver sees them all the same.
                let detail = try #require(try await desk.detail(reference, in: Fixture.acme))
                #expect(detail.arguments?.entries.map(\.shown) == [self.canaries[1]])
                #expect(detail.output?.entries.map(\.shown) == [self.canaries[2]])
                let note = self.canaries[3]
                switch end {
                case "approved": _ = try await desk.decide(reference, .approve, by: Fixture.admin, note: note)
                case "denied": _ = try await desk.decide(reference, .deny, by: Fixture.admin, note: note)
                case "cancelled": _ = try await desk.cancel(reference, by: Fixture.agent, isAdministrator: false)
                default: fixture.time.advance(by: .seconds(3_600))
                }
                #expect(try await desk.detail(reference, in: Fixture.acme)?.arguments == nil)
                try await self.expectNoCanary(fixture, end, but: [note])
                if end == "approved" {
                    let use = Fixture.use(issued.token) {
                        $0.scope = .outputRelease
                        $0.receivedArguments = received
                        $0.sentArguments = sent
                    }
                    #expect(try await desk.consume(use).consumption?.output == ["text": .string(self.canaries[2])])
                    try await self.expectNoCanary(fixture, "used", but: [note])
                }
                #expect(try await fixture.count("approval_keys") == 0)
                #expect(!fixture.log.all.contains { $0.contains(issued.token.text) || $0.contains(issued.handle.text) })
            }
        }
    }

    @Test("overwrites in the file of SQLite what it shreds")
    func overwritten() async throws {
        try await Fixture.with(.sqlite) { fixture in
            var secrets: [[UInt8]] = []
            var handles: [ApprovalHandle] = []
            for number in 0..<20 {
                let issued = try await fixture.issue { $0.sentArguments = ["n": .integer(number)] }
                handles.append(issued.handle)
            }
            for table in ["SELECT wrapped AS secret FROM approval_keys", "SELECT sealed AS secret FROM approval_arguments"] {
                secrets += try await fixture.database.query(SQL(unchecked: table)).map { try $0.decode("secret") }
            }
            #expect(secrets.count == 40)
            func left() async throws -> Int {
                try await fixture.database.write { _ = try $0.query("PRAGMA wal_checkpoint(TRUNCATE)") }
                let bytes = try await self.files(of: fixture).compactMap { try? Data(contentsOf: URL(filePath: $0)) }
                return secrets.count { secret in bytes.contains { $0.range(of: Data(secret)) != nil } }
            }
            #expect(try await left() == 40)
            for handle in handles { _ = try await fixture.approve(handle) }
            #expect(try await left() == 0)
        }
    }

    @Test("H5: keeps no digest that could be guessed without the server's secret", arguments: TestStore.allCases)
    func digests(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            // An argument of which there are two: whoever has the table must not find out which it was.
            let value: JSONValue = ["approve": true]
            let other = fixture.anotherDesk(keyring: SecretKeyring(current: try ServerSecret.random()))
            for desk in [fixture.desk, other] {
                let draft = Fixture.draft {
                    $0.receivedArguments = value
                    $0.sentArguments = value
                    $0.scope = .outputRelease
                    $0.output = value
                }
                #expect(try await desk.issue(draft).issued != nil)
            }
            let rows = try await fixture.database.query(
                """
                SELECT b.received_digest, b.sent_digest, r.output_hash FROM approval_requests r
                JOIN approval_bindings b ON b.token = r.token
                """)
            var kept: [[UInt8]] = []
            for row in rows {
                kept.append(try row.decode("received_digest"))
                kept.append(try row.decode("sent_digest"))
                kept.append(try #require(Hex.decode(try row.decode("output_hash", as: String.self))))
            }
            // No two are alike, though all are of one value: neither across secrets nor across purposes.
            #expect(kept.count == 6 && Set(kept).count == 6)
            let plain = SHA256.hash(value.sortedBytes()).bytes
            #expect(!kept.contains { digest in (0..<digest.count).contains { digest.dropFirst($0).starts(with: plain) } })
        }
    }

    @Test("opens nothing that was moved to another row, or changed", arguments: TestStore.allCases)
    func moved(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let first = try await fixture.issue()
            let second = try await fixture.issue { $0.sentArguments = ["path": "other"] }
            try await fixture.database.transaction { connection in
                for table in ["approval_arguments", "approval_keys"] {
                    let column = table == "approval_keys" ? "wrapped" : "sealed"
                    try connection.execute(
                        """
                        UPDATE \(identifier: table) SET \(identifier: column) =
                            (SELECT t.\(identifier: column) FROM \(identifier: table) t WHERE t.token = \(second.handle.text))
                        WHERE token = \(first.handle.text)
                        """)
                }
            }
            let error = await #expect(throws: ApprovalError.self) {
                try await fixture.desk.detail(ApprovalReference(first.handle), in: Fixture.acme)
            }
            #expect(error?.code == .unreadable)
            #expect(try await fixture.desk.detail(ApprovalReference(second.handle), in: Fixture.acme)?.arguments != nil)
        }
    }
}
