@testable import Audit
import DatabaseTestSupport
import Identity
import Logging
import Persistence
import StrictJSON
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows what works", arguments: TestStore.allCases)
    func example(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let (database, keyring, folder) = (fixture.database, fixture.keyring, fixture.folder)
            let journal = try await Journal.open(
                database: database, folder: folder, keyring: keyring, logger: Logger(label: "audit"))
            let running = Task { await journal.run() }

            let id = AuditRequestID(unchecked: "req-1")
            var event = AuditEvent(
                requestID: id, timestamp: .now(), callerID: "agent-1", server: "files", toolName: "fs.read",
                rawArgumentsHash: "6f33e183", matchedPolicyRule: "allow-reads", decision: "ALLOW",
                deterministicRationale: "Matched rule 'allow-reads'")
            switch await journal.record(.intent(of: event)) {
            case .durable, .spooled: break  // now the effect may happen
            case .refused(.requestIDTaken): Issue.record("the request id is taken")
            case .refused(let reason): Issue.record("\(reason)")
            }
            event.executionStatus = "SUCCESS"
            _ = await journal.record(.outcome(.success, closing: event))

            let trail = AuditTrail(database: database, keyring: keyring)
            let newest = try await trail.events(.newest(of: .default)).events
            let report = try await JournalVerifier(database: database, folder: folder, keyring: keyring).verify()
            let closed = try await journal.closeAbandoned()

            #expect(newest == [event])
            #expect(report.isClean)
            #expect(closed == AbandonedReport())
            journal.stop()
            await running.value
        }
    }
}
