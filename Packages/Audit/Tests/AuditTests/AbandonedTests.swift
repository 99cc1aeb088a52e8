@testable import Audit
import DatabaseTestSupport
import Identity
import Persistence
import StrictJSON
import TestKit
import Testing

@Suite("Abandoned requests")
struct AbandonedTests {
    /// Leaves requests open as a server does that ends in between; its folder is that of the fixture.
    private func leave(_ ids: [String], _ fixture: AuditFixture, folder: String? = nil) async throws -> String {
        try await fixture.withJournal(folder: folder) { journal in
            for id in ids {
                let draft = fixture.event(id) { $0.executionStatus = nil }
                #expect(await journal.record(.intent(of: draft, details: ["tool": "fs.read"])) == .durable)
            }
            #expect(await fixture.recordRequest("done-\(journal.writer)", in: journal).allSatisfy { $0 == .durable })
            return journal.writer
        }
    }

    /// Makes it look as if a writer had not ended in good order.
    private func kill(_ writer: String, age: Duration, _ fixture: AuditFixture) async throws {
        try await fixture.run(
            """
            UPDATE audit_writers SET ended_at = NULL, seen_at = \(Timestamp.now().advanced(by: .zero - age))
            WHERE writer = \(writer)
            """)
    }

    @Test("are found and closed once, with what the intent knew", arguments: TestStore.allCases)
    func close(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let writer = try await self.leave(["a", "b"], fixture)
            try await fixture.withJournal(folder: "\(fixture.folder)-2") { journal in
                let open = try await journal.abandonedRequests()
                #expect(open.map(\.requestID.text) == ["a", "b"])
                #expect(open.map(\.writer) == [writer, writer])
                #expect(open.first?.details["tool"] == "fs.read")
                let report = try await journal.closeAbandoned()
                #expect(report.closed == 2)
                #expect(!report.hasMore)
                #expect(try await journal.abandonedRequests().isEmpty)
                #expect(try await journal.closeAbandoned() == AbandonedReport())
            }
            let trail = AuditTrail(database: fixture.database, keyring: fixture.keyring)
            let event = try #require(try await trail.event(of: AuditRequestID(unchecked: "a"), organisation: .default))
            #expect(event.executionStatus == "UNKNOWN")
            #expect(event.callerID == "agent-1")
            #expect(event.toolName == "fs.read")
            #expect(try await fixture.verify().faults == [])
            #expect(try await fixture.count("audit_open_requests") == 0)
        }
    }

    @Test("are not those of servers that live", arguments: TestStore.allCases)
    func living(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { living in
                #expect(await living.record(.intent(of: fixture.event("a"))) == .durable)
                try await fixture.wait(forRow: "SELECT 1 FROM audit_writers WHERE writer = \(living.writer)")
                try await fixture.withJournal(folder: "\(fixture.folder)-2") { other in
                    #expect(try await other.abandonedRequests().isEmpty)
                    // Not its own either, however old the lease.
                    try await self.kill(other.writer, age: .seconds(3_600), fixture)
                    #expect(await other.record(.intent(of: fixture.event("b"))) == .durable)
                    #expect(try await other.abandonedRequests().isEmpty)
                    // A server that was not heard of for long is gone; what it records later stands beside.
                    try await self.kill(living.writer, age: .seconds(3_600), fixture)
                    #expect(try await other.closeAbandoned().closed == 1)
                }
                #expect(await living.record(.outcome(.success, closing: fixture.event("a"))) == .refused(.requestIDTaken))
            }
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("of an earlier process are known by its folder, after its spool is empty", arguments: TestStore.allCases)
    func predecessor(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let writer = try await self.leave(["a"], fixture)
            try await fixture.run("DELETE FROM audit_writers")
            try await fixture.withJournal(folder: "\(fixture.folder)-2") { other in
                let open = try await other.abandonedRequests()
                #expect(open.isEmpty)
            }
            try await fixture.withJournal { journal in
                try await fixture.wait(forRow: "SELECT 1 FROM audit_writers WHERE writer = \(writer) AND ended_at IS NOT NULL")
                #expect(try await journal.closeAbandoned().closed == 1)
            }
        }
    }

    @Test("are closed by one of many servers", arguments: TestStore.allCases)
    func race(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let count = TestRun.count(40, long: 900)
            _ = try await self.leave((0..<count).map { "req-\($0)" }, fixture)
            try await fixture.withJournal(folder: "\(fixture.folder)-2") { first in
                try await fixture.withJournal(folder: "\(fixture.folder)-3") { second in
                    async let one = first.closeAbandoned()
                    async let other = second.closeAbandoned()
                    async let third = first.closeAbandoned()
                    let reports = try await [one, other, third]
                    #expect(reports.reduce(0) { $0 + $1.closed } == count)
                    #expect(reports.allSatisfy { $0.refused == 0 })
                }
            }
            #expect(try await fixture.count("audit_journal", "body LIKE '%abandoned_by%'") == count)
            #expect(try await fixture.count("audit_events", "execution_status = 'UNKNOWN'") == count)
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("without a draft are left to the caller", arguments: TestStore.allCases)
    func withoutDraft(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            try await fixture.withJournal { journal in
                #expect(await journal.record(.intent(AuditRequestID(unchecked: "a"))) == .durable)
            }
            try await fixture.withJournal(folder: "\(fixture.folder)-2") { journal in
                #expect(try await journal.closeAbandoned().withoutDraft == 1)
                let report = try await journal.closeAbandoned { request in
                    fixture.event(request.requestID.text) { $0.executionStatus = "UNKNOWN" }
                }
                #expect(report.closed == 1)
            }
            #expect(try await fixture.verify().faults == [])
        }
    }

    @Test("keep an event of their own where two servers used one id", arguments: TestStore.allCases)
    func collision(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let database = FaultyDatabase(fixture.database)
            var writer = ""
            try await fixture.withJournal(on: database) { journal in
                writer = journal.writer
                database.fault = .away
                #expect(await journal.record(.intent(of: fixture.event("a"))) == .spooled)
                try await fixture.withJournal(folder: "\(fixture.folder)-2") { other in
                    #expect(await fixture.recordRequest("a", in: other).allSatisfy { $0 == .durable })
                }
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
            }
            try await fixture.withJournal(folder: "\(fixture.folder)-3") { journal in
                let report = try await journal.closeAbandoned()
                #expect(report.closed == 1)
            }
            let condition: SQL = "request_id = \("a~\(writer).1") AND execution_status = 'UNKNOWN'"
            #expect(try await fixture.count("audit_events", condition) == 1)
            #expect(try await fixture.verify().faults == [])
            #expect(try await fixture.count("audit_open_requests") == 0)
        }
    }

    @Test("cannot be closed while the database is away, and stay open", arguments: TestStore.allCases)
    func outage(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            _ = try await self.leave(["a"], fixture)
            let database = FaultyDatabase(fixture.database)
            try await fixture.withJournal(on: database, folder: "\(fixture.folder)-2") { journal in
                database.fault = .away
                #expect(try await journal.closeAbandoned().refused == 1)
                database.fault = .answerLost
                // It is committed, and its place in the spool says the same.
                #expect(try await journal.closeAbandoned().closed == 1)
                database.fault = .none
                try await fixture.wait(for: journal) { $0.spool.depth == 0 }
                #expect(try await journal.closeAbandoned() == AbandonedReport())
            }
            #expect(try await fixture.count("audit_events", "execution_status = 'UNKNOWN'") == 1)
            #expect(try await fixture.verify().faults == [])
        }
    }
}
