@testable import Approval
import ApprovalTestSupport
import DatabaseTestSupport
import Identity
import Persistence
import Testing

@Suite("Refusals on record")
struct AllowanceTests {
    typealias Fixture = ApprovalFixture

    /// One attempt of each kind on a name that nothing has.
    private func guess(_ desk: ApprovalDesk, as caller: Caller) async throws {
        let token = try ApprovalToken()
        let reference = ApprovalReference(token.handle)
        #expect(try await desk.consume(Fixture.use(token) { $0.caller = caller }).refusal == .unknown)
        #expect(try await desk.consume(Fixture.use(token) { ($0.caller, $0.token) = (caller, "no token") }).refusal == .unknown)
        #expect(try await desk.decide(reference, .approve, by: caller).refusal == .unknown)
        #expect(try await desk.decide(reference, .deny, by: caller).refusal == .unknown)
        #expect(try await desk.cancel(reference, by: caller, isAdministrator: true).refusal == .unknown)
    }

    @Test("are few for one who guesses names, and the rest is counted", arguments: TestStore.allCases)
    func guesses(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            for _ in 0..<40 { try await self.guess(fixture.desk, as: Fixture.agent) }
            #expect(fixture.ledger.events.count == 60)
            #expect(fixture.ledger.events.allSatisfy { $0.phase == .refused(.unknown) && $0.unrecorded == 0 })
            // Others are still on record, with the number of those that are not.
            try await self.guess(fixture.desk, as: Fixture.caller("agent-2"))
            #expect(fixture.ledger.events.count == 65)
            #expect(fixture.ledger.events.map(\.unrecorded).suffix(5) == [140, 0, 0, 0, 0])
            fixture.time.advance(by: .seconds(60))
            try await self.guess(fixture.desk, as: Fixture.agent)
            #expect(fixture.ledger.events.count == 70)
            #expect(fixture.metrics.contains(#"gatehouse_approvals_refused_total{reason="unknown"} 210.0"#))
            #expect(fixture.metrics.contains("gatehouse_approvals_over_allowance_total 140.0"))
        }
    }

    @Test("are all there for approvals that exist", arguments: TestStore.allCases)
    func losers(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue()
            for _ in 0..<200 { _ = try await fixture.desk.consume(Fixture.use(issued.token)) }
            #expect(fixture.ledger.events.count { $0.phase == .refused(.notDecided) } == 200)
        }
    }

    @Test("that the ledger does not keep are counted too")
    func unkept() async throws {
        try await Fixture.with(.sqlite) { fixture in
            fixture.ledger.refuse { _ in true }
            try await self.guess(fixture.desk, as: Fixture.agent)
            fixture.ledger.refuse { _ in false }
            try await self.guess(fixture.desk, as: Fixture.agent)
            #expect(fixture.ledger.events.map(\.unrecorded) == [5, 0, 0, 0, 0])
        }
    }

    @Test("are bounded over all callers, whatever the clock does")
    func overall() throws {
        var allowance = RefusalAllowance(perCaller: 60, overall: 1_000)
        var time = Timestamp.now()
        func party(_ number: Int) -> ApprovalParty { ApprovalParty(Fixture.caller("agent-\(number)")) }
        func taken(_ count: Int) -> Int {
            (0..<count).count { allowance.take(for: party($0 % 500), at: time) != nil }
        }
        #expect(taken(5_000) == 1_000)
        time = time.advanced(by: .seconds(59))
        #expect(taken(10) == 0)
        time = time.advanced(by: .seconds(1))
        #expect(allowance.take(for: nil, at: time) == 4_010)
        #expect(taken(5_000) == 999)
        time = time.advanced(by: .seconds(-3_600))
        #expect(taken(10) == 10)
        allowance.miss(.max)
        allowance.miss(.max)
        #expect(allowance.take(for: nil, at: time) == .max)
    }
}
