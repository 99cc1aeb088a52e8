@testable import Approval
import ApprovalTestSupport
import DatabaseTestSupport
import Identity
import Persistence
import StrictJSON
import TestKit
import Testing

@Suite("Deciding")
struct DecideTests {
    typealias Fixture = ApprovalFixture

    @Test("S3-14, S3-15: approves or denies once; later decisions hear what was decided", arguments: Setup.allCases)
    func once(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            for verdict in ApprovalVote.Verdict.allCases {
                let issued = try await fixture.issue()
                let reference = ApprovalReference(issued.handle)
                let outcome = try await fixture.desk.decide(
                    reference, verdict, by: Fixture.admin, note: "fine", requestID: "req-9")
                let status: ApprovalStatus = verdict == .approve ? .approved : .denied
                guard case .recorded(let request) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(request.status == status)
                #expect(request.approverID == "admin-1")
                #expect(request.note == "fine")
                #expect(request.decidedAt == fixture.time.now)
                for again in ApprovalVote.Verdict.allCases {
                    let later = try await fixture.desk.decide(reference, again, by: Fixture.secondAdmin)
                    #expect(later == .refused(.decided(status)))
                }
                let row = try #require(
                    try await fixture.database.queryOne("SELECT * FROM approval_requests WHERE token = \(issued.handle.text)"))
                #expect(try row.decode("approver_id", as: String.self) == "admin-1")
                #expect(try row.decode("approver_note", as: String.self) == "fine")
                #expect(try row.decode("decision_at", as: Timestamp.self) == fixture.time.now)
                #expect(fixture.ledger.events.contains { $0.requestID == "req-9" && $0.phase == .done(status) })
            }
        }
    }

    @Test("takes a token as well as a handle, and nothing else", arguments: TestStore.allCases)
    func references(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue()
            let reference = try #require(ApprovalReference(issued.token.text))
            #expect(try await fixture.desk.decide(reference, .approve, by: Fixture.admin).status == .approved)
            for text in ["", "x", "\(issued.handle)=", String(repeating: "é", count: 43), "\(issued.handle)A"] {
                #expect(ApprovalReference(text) == nil)
            }
            let unknown = ApprovalReference(try ApprovalToken().handle)
            #expect(try await fixture.desk.decide(unknown, .approve, by: Fixture.admin).refusal == .unknown)
            #expect(fixture.ledger.events.last?.phase == .refused(.unknown))
        }
    }

    @Test("keeps an empty note as none, and refuses one that is too long", arguments: TestStore.allCases)
    func notes(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue()
            for note in [String(repeating: "n", count: 2_001), "a\0b"] {
                let error = await #expect(throws: ApprovalError.self) {
                    try await fixture.desk.decide(ApprovalReference(issued.handle), .deny, by: Fixture.admin, note: note)
                }
                #expect(error?.code == .invalidRequest)
            }
            let outcome = try await fixture.desk.decide(ApprovalReference(issued.handle), .deny, by: Fixture.admin, note: "")
            guard case .recorded(let request) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(request.note == nil)
            let long = try await fixture.issue()
            let text = String(repeating: "\u{202E}", count: 2_000)
            let kept = try await fixture.desk.decide(ApprovalReference(long.handle), .deny, by: Fixture.admin, note: text)
            #expect(kept.status == .denied)
        }
    }

    @Test("asks for a note where the draft says so", arguments: TestStore.allCases)
    func noteNeeded(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue { $0.requiresNote = true }
            #expect(try await fixture.approve(issued.handle).refusal == .noteMissing)
            let outcome = try await fixture.desk.decide(
                ApprovalReference(issued.handle), .approve, by: Fixture.admin, note: "ticket 7")
            #expect(outcome.status == .approved)
        }
    }

    @Test("H8: lets nobody decide their own request, whatever keys they use", arguments: Setup.allCases)
    func ownRequest(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            let selves = [
                Fixture.agent, Fixture.caller("agent-1"), Fixture.caller("agent-1", person: "someone@example.org"),
                Fixture.caller("admin-9", person: "jo@example.org", role: .admin),
                Fixture.caller("jo", .user, person: "jo@example.org"),
            ]
            for caller in selves {
                for verdict in ApprovalVote.Verdict.allCases {
                    let outcome = try await fixture.desk.decide(ApprovalReference(issued.handle), verdict, by: caller)
                    #expect(outcome == .refused(.ownRequest))
                }
            }
            // A directory that knows the human behind a key is believed as well.
            fixture.directory.name(PersonID(unchecked: "jo@example.org"), behind: CallerID(unchecked: "admin-3"))
            #expect(try await fixture.approve(issued.handle, by: Fixture.caller("admin-3")).refusal == .ownRequest)
            // The same name in another register is another one.
            #expect(try await fixture.approve(issued.handle, by: Fixture.caller("agent-1", .user)).status == .approved)
        }
    }

    @Test("finds only requests of the organisation, and hears only approvers", arguments: Setup.allCases)
    func strangers(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            let other = Fixture.caller("admin-1", in: OrganisationID(unchecked: "other"), role: .admin)
            #expect(try await fixture.approve(issued.handle, by: other).refusal == .unknown)
            fixture.directory.remove(Fixture.admin.id)
            #expect(try await fixture.approve(issued.handle).refusal == .notApprover)
            #expect(try await fixture.status(issued.handle) == .pending)
            #expect(try await fixture.count("approval_votes") == 0)
        }
    }

    @Test("waits for as many persons as the quorum says, and counts nobody twice", arguments: Setup.allCases)
    func quorum(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue { $0.quorum = 2 }
            #expect(try await fixture.approve(issued.handle).status == .pending)
            for again in [
                Fixture.admin, Fixture.caller("admin-1"), Fixture.caller("admin-7", person: "kim@example.org"),
                Fixture.caller("kim", .user, person: "kim@example.org"),
            ] {
                #expect(try await fixture.approve(issued.handle, by: again).refusal == .alreadyVoted)
                #expect(try await fixture.deny(issued.handle, by: again).refusal == .alreadyVoted)
            }
            #expect(try await fixture.desk.consume(Fixture.use(issued.token)).refusal == .notDecided)
            #expect(try await fixture.approve(issued.handle, by: Fixture.secondAdmin).status == .approved)
            let consumption = try #require(try await fixture.desk.consume(Fixture.use(issued.token)).consumption)
            #expect(consumption.approvers.map(\.id.text) == ["admin-1", "admin-2"])
            let denied = try await fixture.issue { $0.quorum = 3 }
            #expect(try await fixture.approve(denied.handle).status == .pending)
            #expect(try await fixture.deny(denied.handle, by: Fixture.secondAdmin).status == .denied)
        }
    }

    @Test("completes a quorum whose votes come at the same time", arguments: TestStore.allCases)
    func quorumAtOnce(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let desks = [fixture.desk, fixture.anotherDesk()]
            for round in 0..<TestRun.count(30, long: 2_000) {
                let issued = try await fixture.issue {
                    $0.quorum = 3
                    $0.caller = Fixture.caller("agent-\(round)")
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<3 {
                        group.addTask {
                            let voter = Fixture.caller("voter-\(number)", person: "p\(number)")
                            let outcome = try await desks[number % 2].decide(
                                ApprovalReference(issued.handle), .approve, by: voter)
                            #expect(outcome.refusal == nil)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await fixture.status(issued.handle) == .approved)
            }
        }
    }

    @Test("H8: decides nothing once the time is over, to the microsecond", arguments: Setup.allCases)
    func expired(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let early = try await fixture.issue()
            let late = try await fixture.issue()
            fixture.time.advance(by: .seconds(3_600) - .microseconds(1))
            #expect(try await fixture.approve(early.handle).status == .approved)
            fixture.time.advance(by: .microseconds(1))
            for verdict in ApprovalVote.Verdict.allCases {
                let outcome = try await fixture.desk.decide(ApprovalReference(late.handle), verdict, by: Fixture.admin)
                #expect(outcome == .refused(.decided(.expired)))
            }
            #expect(try await fixture.status(late.handle) == .expired)
            // Once told, it stays so when the clock is stepped back.
            fixture.time.advance(by: .seconds(-3_000))
            #expect(try await fixture.approve(late.handle).refusal == .decided(.expired))
            #expect(try await fixture.desk.request(ApprovalReference(late.handle), in: Fixture.acme)?.status == .expired)
        }
    }

    @Test("H3: has no effect when the ledger keeps no intent", arguments: Setup.allCases)
    func unrecorded(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            fixture.ledger.refuse { $0.phase == .intent }
            for attempt in [fixture.approve, fixture.deny] {
                let error = await #expect(throws: ApprovalError.self) { try await attempt(issued.handle, Fixture.admin) }
                #expect(error?.code == .unrecorded)
            }
            let cancel = await #expect(throws: ApprovalError.self) {
                try await fixture.desk.cancel(ApprovalReference(issued.handle), by: Fixture.agent, isAdministrator: false)
            }
            #expect(cancel?.code == .unrecorded)
            #expect(try await fixture.status(issued.handle) == .pending)
            #expect(try await fixture.count("approval_votes") == 0)
            // What happened cannot be undone for want of a second record; it is told of.
            fixture.ledger.refuse { $0.phase != .intent }
            #expect(try await fixture.approve(issued.handle).status == .approved)
            #expect(fixture.log.all.contains { $0.hasPrefix("error outcome of an attempt is not recorded") })
            #expect(fixture.metrics.contains(#"gatehouse_approvals_total{event="unrecorded"} 4.0"#))
        }
    }

    @Test("undoes a decision whose message cannot be written", arguments: TestStore.allCases)
    func outboxFails(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue()
            fixture.notices.fail(with: PersistenceError(.other, message: "no room"))
            await #expect(throws: PersistenceError.self) { try await fixture.approve(issued.handle) }
            #expect(try await fixture.status(issued.handle) == .pending)
            #expect(try await fixture.count("approval_keys") == 1)
            fixture.notices.fail(with: nil)
            #expect(try await fixture.approve(issued.handle).status == .approved)
        }
    }

    @Test("lets the owner, or an administrator, cancel what is open", arguments: Setup.allCases)
    func cancel(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            let reference = ApprovalReference(issued.handle)
            for stranger in [Fixture.secondAdmin, Fixture.caller("agent-1", .user)] {
                let outcome = try await fixture.desk.cancel(reference, by: stranger, isAdministrator: false)
                #expect(outcome == .refused(.notOwner))
            }
            let other = Fixture.caller("admin-1", in: OrganisationID(unchecked: "other"))
            #expect(try await fixture.desk.cancel(reference, by: other, isAdministrator: true).refusal == .unknown)
            #expect(try await fixture.desk.cancel(reference, by: Fixture.agent, isAdministrator: false).status == .cancelled)
            #expect(try await fixture.approve(issued.handle).refusal == .decided(.cancelled))
            let again = try await fixture.desk.cancel(reference, by: Fixture.agent, isAdministrator: false)
            #expect(again == .refused(.decided(.cancelled)))
            // A yes that is not spent yet can be withdrawn.
            let approved = try await fixture.issue()
            _ = try await fixture.approve(approved.handle)
            let withdrawn = try await fixture.desk.cancel(
                ApprovalReference(approved.handle), by: Fixture.secondAdmin, isAdministrator: true)
            #expect(withdrawn.status == .cancelled)
            #expect(try await fixture.desk.consume(Fixture.use(approved.token)).refusal == .decided(.cancelled))
        }
    }
}
