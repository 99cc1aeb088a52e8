import Approval
import ApprovalTestSupport
import DatabaseTestSupport
import Identity
import Logging
import StrictJSON
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows what works", arguments: TestStore.allCases)
    func example(_ store: TestStore) async throws {
        try await ApprovalFixture.with(store == .sqlite ? .sqlite : .postgres, realTime: true) { fixture in
            let (database, keyring, ledger, directory) = (fixture.database, fixture.keyring, fixture.ledger, fixture.directory)
            let (agent, admin) = (ApprovalFixture.agent, ApprovalFixture.admin)
            let arguments: JSONValue = ["path": "/data/output/report.csv"]

            let desk = ApprovalDesk(
                database: database, keyring: keyring, ledger: ledger, directory: directory, logger: Logger(label: "approval"))
            let draft = ApprovalDraft(
                requestID: "req-1", caller: agent, server: "files", tool: "fs.write", policyRevision: "r1",
                receivedArguments: arguments, sentArguments: arguments, sanitizedCall: ["tool": "fs.write"])
            guard case .issued(let issued) = try await desk.issue(draft) else { return }  // too many are open: 429

            // An approver looks at everything, and says yes.
            let detail = try await desk.detail(ApprovalReference(issued.handle), in: admin.organisation)
            let decision = try await desk.decide(ApprovalReference(issued.handle), .approve, by: admin, note: "ticket 7")

            // The caller comes again, with the token.
            let use = ApprovalUse(
                token: issued.token.text, requestID: "req-2", caller: agent, server: "files", tool: "fs.write",
                policyRevision: "r1", receivedArguments: arguments, sentArguments: arguments)
            switch try await desk.consume(use) {
            case .consumed(let consumption): print("approved by", consumption.approvers.map(\.id))  // now call the tool, once
            case .refused(let reason): print(reason)
            }

            #expect(detail?.arguments?.entries.map(\.shown) == ["/data/output/report.csv"])
            #expect(decision.status == .approved)
            #expect(try await desk.consume(use).refusal == .decided(.used))
        }
    }
}
