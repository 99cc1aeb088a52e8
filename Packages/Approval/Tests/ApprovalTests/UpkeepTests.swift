@testable import Approval
import ApprovalTestSupport
import DatabaseTestSupport
import Identity
import Persistence
import StrictJSON
import TestKit
import Testing

@Suite("Upkeep and lists")
struct UpkeepTests {
    typealias Fixture = ApprovalFixture

    /// Waits for what a running keeper does; a test that fails here hangs for two minutes first.
    private func wait(_ comment: Comment, until isWanted: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while try await !isWanted() {
            try #require(ContinuousClock.now < end, comment)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("ends what has expired although nobody asks, and removes what is old", arguments: Setup.allCases)
    func keeper(_ setup: Setup) async throws {
        var configuration = ApprovalConfiguration()
        configuration.upkeepPause = .milliseconds(10)
        configuration.upkeepBatch = 4
        configuration.retention = .seconds(7_200)
        try await Fixture.with(setup, configuration: configuration) { fixture in
            for number in 0..<10 {
                let issued = try await fixture.issue { $0.sentArguments = ["n": .integer(number)] }
                if number < 3 { _ = try await fixture.approve(issued.handle) }
                if number == 9 { _ = try await fixture.deny(issued.handle) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await ApprovalKeeper(fixture.desk).run() }
                try await self.wait("the metric") { fixture.metrics.contains("gatehouse_approvals_pending 6.0") }
                #expect(try await fixture.count("approval_requests", "status = 'EXPIRED'") == 0)
                fixture.time.advance(by: .seconds(3_600))
                try await self.wait("expiry") {
                    try await fixture.count("approval_requests", "status = 'EXPIRED'") == 9
                }
                try await self.wait("the metric") { fixture.metrics.contains("gatehouse_approvals_pending 0.0") }
                try await self.wait("all nine") {
                    fixture.metrics.contains(#"gatehouse_approvals_total{event="expired"} 9.0"#)
                }
                #expect(try await fixture.count("approval_keys") == 0)
                #expect(fixture.notices.told.count { $0.status == .expired } == 9)
                let expired = fixture.ledger.events.filter { $0.action == .expire }
                #expect(expired.count { $0.phase == .done(.expired) && $0.actor == nil } == 9)
                fixture.time.advance(by: .seconds(7_200))
                #expect(try await fixture.count("approval_requests") == 10)
                fixture.time.advance(by: .microseconds(1))
                try await self.wait("removal") { try await fixture.count("approval_requests") == 0 }
                #expect(try await fixture.count("approval_votes") == 0)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("keeps everything where the retention is zero", arguments: TestStore.allCases)
    func keepsAll(_ store: TestStore) async throws {
        var configuration = ApprovalConfiguration()
        configuration.retention = .zero
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres, configuration: configuration) { fixture in
            _ = try await fixture.deny(try await fixture.issue().handle)
            fixture.time.advance(by: .seconds(400 * 86_400))
            #expect(try await fixture.desk.removeOld() == 0)
            #expect(try await fixture.count("approval_requests") == 1)
        }
    }

    @Test("counts as expired what the ledger lets nobody write down, and goes on later", arguments: TestStore.allCases)
    func unrecordedExpiry(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            var issued: [IssuedApproval] = []
            for _ in 0..<3 { issued.append(try await fixture.issue()) }
            fixture.time.advance(by: .seconds(3_600))
            let first = issued[0].handle
            fixture.ledger.refuse { $0.action == .expire && $0.handle == first }
            // One that cannot be recorded does not hold up the others, and nobody tries for ever.
            try await ApprovalKeeper(fixture.desk).lookOnce()
            #expect(try await fixture.status(first) == .pending)
            #expect(try await fixture.status(issued[2].handle) == .expired)
            #expect(try await fixture.desk.request(ApprovalReference(first), in: Fixture.acme)?.status == .expired)
            #expect(try await fixture.approve(first).refusal == .decided(.expired))
            await #expect(throws: ApprovalError.self) { try await fixture.desk.expireDue() }
            fixture.ledger.refuse { _ in false }
            #expect(try await fixture.desk.expireDue() == 1)
            #expect(try await fixture.status(first) == .expired)
        }
    }

    @Test("lists by organisation, stage, caller, tool and scope, the newest first", arguments: Setup.allCases)
    func lists(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            var handles: [ApprovalHandle] = []
            for number in 0..<12 {
                let issued = try await fixture.issue {
                    $0.caller = Fixture.caller(
                        "agent-\(number % 3)", in: OrganisationID(unchecked: number < 10 ? "acme" : "other"))
                    $0.tool = number % 2 == 0 ? "fs.read" : "fs.write"
                    $0.lifetime = number < 2 ? .seconds(60) : nil
                    $0.sentArguments = ["n": .integer(number)]
                    if number == 5 {
                        $0.scope = .outputRelease
                        $0.output = "x"
                    }
                }
                handles.append(issued.handle)
                // Two have one time; the later one still comes first.
                if number % 2 == 0 { fixture.time.advance(by: .seconds(1)) }
            }
            _ = try await fixture.approve(handles[3])
            _ = try await fixture.deny(handles[4])
            fixture.time.advance(by: .seconds(100))
            let ours = Array((0..<10).reversed())
            let cases: [(ApprovalQuery, [Int])] = [
                (ApprovalQuery(organisation: Fixture.acme), ours),
                (ApprovalQuery(organisation: OrganisationID(unchecked: "other")), [11, 10]),
                (ApprovalQuery(organisation: OrganisationID(unchecked: "none")), []),
                (ApprovalQuery(organisation: Fixture.acme, status: .pending), ours.filter { ![0, 1, 3, 4].contains($0) }),
                (ApprovalQuery(organisation: Fixture.acme, status: .expired), [1, 0]),
                (ApprovalQuery(organisation: Fixture.acme, status: .approved), [3]),
                (ApprovalQuery(organisation: Fixture.acme, status: .denied), [4]),
                (ApprovalQuery(organisation: Fixture.acme, status: .used), []),
                (ApprovalQuery(organisation: Fixture.acme, callerID: "agent-1"), ours.filter { $0 % 3 == 1 }),
                (ApprovalQuery(organisation: Fixture.acme, tool: "fs.read"), ours.filter { $0 % 2 == 0 }),
                (ApprovalQuery(organisation: Fixture.acme, scope: .outputRelease), [5]),
            ]
            for (query, expected) in cases {
                var paged = query
                paged.limit = 2
                var found: [ApprovalHandle] = []
                repeat {
                    let page = try await fixture.desk.requests(paged)
                    #expect(page.requests.count <= 2)
                    if let status = query.status { #expect(page.requests.allSatisfy { $0.status == status }) }
                    found += page.requests.map(\.handle)
                    paged.cursor = page.next
                } while paged.cursor != nil
                #expect(found == expected.map { handles[$0] }, "\(query)")
            }
            // Whoever was told that something has expired is not told otherwise later.
            #expect(try await fixture.count("approval_requests", "status = 'EXPIRED'") == 2)
        }
    }

    @Test("takes only cursors that were made for the query", arguments: TestStore.allCases)
    func cursors(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            for number in 0..<3 { _ = try await fixture.issue { $0.sentArguments = ["n": .integer(number)] } }
            var query = ApprovalQuery(organisation: Fixture.acme, limit: 1)
            let cursor = try #require(try await fixture.desk.requests(query).next)
            var forged: [(ApprovalQuery, String)] = []
            for index in stride(from: 0, to: cursor.utf8.count, by: 7) {
                var bytes = Array(cursor.utf8)
                bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                forged.append((query, String(decoding: bytes, as: UTF8.self)))
            }
            forged += [(query, ""), (query, "x"), (query, String(repeating: "A", count: 100_000))]
            forged.append((ApprovalQuery(organisation: OrganisationID(unchecked: "other"), limit: 1), cursor))
            forged.append((ApprovalQuery(organisation: Fixture.acme, status: .pending, limit: 1), cursor))
            forged.append((ApprovalQuery(organisation: Fixture.acme, callerID: "agent-1", limit: 1), cursor))
            forged.append((ApprovalQuery(organisation: Fixture.acme, tool: "agent-1", limit: 1), cursor))
            for (query, text) in forged {
                var query = query
                query.cursor = text
                let error = await #expect(throws: ApprovalError.self) { try await fixture.desk.requests(query) }
                #expect(error?.code == .invalidCursor)
            }
            for limit in [0, -1, 201, Int.max] {
                let error = await #expect(throws: ApprovalError.self) {
                    try await fixture.desk.requests(ApprovalQuery(organisation: Fixture.acme, limit: limit))
                }
                #expect(error?.code == .invalidQuery)
            }
            query.cursor = cursor
            query.limit = 200
            #expect(try await fixture.desk.requests(query).requests.count == 2)
        }
    }

    @Test("counts what happens", arguments: TestStore.allCases)
    func metrics(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue { $0.quorum = 2 }
            _ = try await fixture.approve(issued.handle)
            _ = try await fixture.approve(issued.handle)
            _ = try await fixture.approve(issued.handle, by: Fixture.secondAdmin)
            let use = try #require(try await fixture.desk.consume(Fixture.use(issued.token)).consumption)
            _ = try await fixture.desk.giveBack(use)
            for line in [
                #"gatehouse_approvals_total{event="issued"} 1.0"#, #"gatehouse_approvals_total{event="voted"} 1.0"#,
                #"gatehouse_approvals_total{event="approved"} 1.0"#, #"gatehouse_approvals_total{event="used"} 1.0"#,
                #"gatehouse_approvals_total{event="given_back"} 1.0"#, #"gatehouse_approvals_total{event="refused"} 1.0"#,
                #"gatehouse_approvals_refused_total{reason="already_voted"} 1.0"#,
            ] { #expect(fixture.metrics.contains(line), "\(line)") }
        }
    }
}
