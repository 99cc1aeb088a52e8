@testable import Approval
import ApprovalTestSupport
import DatabaseTestSupport
import Identity
import Persistence
import StrictJSON
import Testing

@Suite("Rows that cannot be read")
struct SpoiltRowsTests {
    typealias Fixture = ApprovalFixture

    /// Writes what no approval can have, as another tool or a disk might.
    private func spoil(_ handle: ApprovalHandle, _ way: Int, at fixture: Fixture) async throws {
        let isPostgres = fixture.database.dialect == .postgres
        let token = handle.text
        let statement: SQL =
            switch way % 3 {
            case 0: "UPDATE approval_bindings SET caller_kind = 'nobody' WHERE token = \(token)"
            case 1: "UPDATE approval_requests SET scope = 'EVERYTHING' WHERE token = \(token)"
            // PostgreSQL's time that has no portable form makes the whole query fail.
            default:
                isPostgres
                    ? "UPDATE approval_requests SET expires_at = '-infinity' WHERE token = \(token)"
                    : "UPDATE approval_requests SET expires_at = '0000', tool_call = '{' WHERE token = \(token)"
            }
        try await fixture.database.write { _ = try $0.execute(statement) }
    }

    @Test("are reported and stepped over, and all the rest is done", arguments: Setup.allCases)
    func upkeep(_ setup: Setup) async throws {
        var configuration = ApprovalConfiguration()
        configuration.upkeepBatch = 2
        configuration.retention = .seconds(150)
        try await Fixture.with(setup, configuration: configuration) { fixture in
            let old = try await fixture.issue { $0.lifetime = .seconds(1) }
            _ = try await fixture.deny(old.handle)
            var handles: [ApprovalHandle] = []
            for number in 0..<12 {
                handles.append(
                    try await fixture.issue {
                        $0.sentArguments = ["n": .integer(number)]
                        $0.lifetime = .seconds(100 + number)
                    }.handle)
            }
            // Whole batches of them in front, and more between the others.
            let spoilt = [0, 1, 2, 3, 4, 5, 8, 11]
            for number in spoilt { try await self.spoil(handles[number], number, at: fixture) }
            let waiting = try await fixture.issue()
            fixture.time.advance(by: .seconds(200))
            let keeper = ApprovalKeeper(fixture.desk)
            for look in 1...2 {
                try await keeper.lookOnce()
                for number in 0..<12 {
                    let isExpired = try await fixture.count(
                        "approval_requests", "status = 'EXPIRED' AND token = \(handles[number].text)")
                    #expect(isExpired == (spoilt.contains(number) ? 0 : 1), "\(number)")
                }
                #expect(try await fixture.status(old.handle) == nil)
                #expect(fixture.metrics.contains("gatehouse_approvals_pending 1.0"))
                #expect(fixture.metrics.contains("gatehouse_approvals_unreadable_total \(8 * look).0"))
            }
            #expect(try await fixture.status(waiting.handle) == .pending)
            let told = fixture.log.all.filter { $0.hasPrefix("error approval cannot be looked after") }
            #expect(told.count == spoilt.count)
            #expect(!told.contains { line in handles.contains { line.contains($0.text) } })
        }
    }

    @Test("leave a list whole but for themselves, page by page", arguments: TestStore.allCases)
    func lists(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            var handles: [ApprovalHandle] = []
            for number in 0..<10 { handles.append(try await fixture.issue { $0.sentArguments = ["n": .integer(number)] }.handle) }
            let spoilt = [0, 3, 4, 5, 9]
            for number in spoilt { try await self.spoil(handles[number], number, at: fixture) }
            let readable = (0..<10).reversed().filter { !spoilt.contains($0) }.map { handles[$0] }
            for limit in [1, 2, 3, 200] {
                var found: [ApprovalHandle] = []
                var query = ApprovalQuery(organisation: Fixture.acme, limit: limit)
                repeat {
                    let page = try await fixture.desk.requests(query)
                    found += page.requests.map(\.handle)
                    query.cursor = page.next
                } while query.cursor != nil
                #expect(found == readable, "limit \(limit)")
            }
        }
    }

    @Test("or cannot be ended do not keep others from it", arguments: TestStore.allCases)
    func cannotBeEnded(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            var handles: [ApprovalHandle] = []
            for number in 0..<5 { handles.append(try await fixture.issue { $0.sentArguments = ["n": .integer(number)] }.handle) }
            fixture.time.advance(by: .seconds(3_600))
            let poison = handles[2]
            fixture.notices.fail { $0.handle == poison ? PersistenceError(.other, message: "no room") : nil }
            try await fixture.desk.expireDue()
            for handle in handles {
                #expect(try await fixture.status(handle) == (handle == poison ? .pending : .expired))
            }
            #expect(fixture.ledger.events.filter { $0.handle == poison }.map(\.phase).suffix(2) == [.intent, .failed])
            #expect(fixture.log.all.count { $0.hasPrefix("error approval cannot be looked after") } == 1)
            #expect(try await fixture.count("approval_keys") == 1)
        }
    }

    @Test("are no reason to leave the other steps out", arguments: TestStore.allCases)
    func steps(_ store: TestStore) async throws {
        var configuration = ApprovalConfiguration()
        configuration.retention = .seconds(60)
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres, configuration: configuration) { fixture in
            let old = try await fixture.issue()
            _ = try await fixture.deny(old.handle)
            _ = try await fixture.issue { $0.lifetime = .seconds(7_200) }
            fixture.time.advance(by: .seconds(3_700))
            _ = try await fixture.issue { $0.tool = "another" }
            fixture.time.advance(by: .seconds(3_500))
            // Nothing can be recorded, so nothing expires; that is told at the end.
            fixture.ledger.refuse { _ in true }
            let error = await #expect(throws: ApprovalError.self) { try await ApprovalKeeper(fixture.desk).lookOnce() }
            #expect(error?.code == .unrecorded)
            #expect(try await fixture.status(old.handle) == nil)
            #expect(fixture.metrics.contains("gatehouse_approvals_pending 1.0"))
        }
    }
}
