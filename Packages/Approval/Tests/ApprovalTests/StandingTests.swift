@testable import Approval
import ApprovalTestSupport
import DatabaseTestSupport
import Dispatch
import Identity
import Persistence
import StrictJSON
import Synchronization
import TestKit
import Testing

@Suite("Standing of approvers")
struct StandingTests {
    typealias Fixture = ApprovalFixture

    /// Approvers in a table of the same database, as a gateway has them.
    private struct TabledApprovers: ApproverDirectory {
        static func create(in database: any Database) async throws {
            try await database.write { connection in
                _ = try connection.execute("CREATE TABLE test_approvers (id VARCHAR(255) PRIMARY KEY, may BOOLEAN NOT NULL)")
                for id in ["admin-1", "admin-2"] {
                    try connection.execute("INSERT INTO test_approvers (id, may) VALUES (\(id), \(true))")
                }
            }
        }

        func standing(
            of party: ApprovalParty, presenting key: KeyID?, in connection: any DatabaseConnection
        ) throws -> ApproverStanding {
            let lock: SQL = connection.dialect == .postgres ? "FOR SHARE" : ""
            let row = try connection.queryOne("SELECT id FROM test_approvers WHERE id = \(party.id.text) AND may \(lock)")
            return row == nil ? .mayNotDecide : .mayDecide(person: nil)
        }
    }

    /// Remembers with which keys it was asked.
    private final class ListeningApprovers: ApproverDirectory {
        let asked = Mutex<[String]>([])

        func standing(
            of party: ApprovalParty, presenting key: KeyID?, in connection: any DatabaseConnection
        ) throws -> ApproverStanding {
            self.asked.withLock { $0.append("\(party.id) \(key?.text ?? "any")") }
            return .mayDecide(person: nil)
        }
    }

    private func desk(_ directory: any ApproverDirectory, at fixture: Fixture) -> ApprovalDesk {
        let time = fixture.time
        return ApprovalDesk(
            database: fixture.database, keyring: fixture.keyring, ledger: fixture.ledger, directory: directory, outbox: nil,
            notifier: fixture.notices, cache: fixture.cache, metrics: nil, configuration: ApprovalConfiguration(),
            logger: fixture.log.logger, now: { time.now })
    }

    @Test("counts no vote of somebody who lost the right before the commit", arguments: Setup.allCases)
    func beforeTheCommit(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let directory = fixture.directory
            for verdict in ApprovalVote.Verdict.allCases {
                let issued = try await fixture.issue()
                let voter = Fixture.caller("admin-\(verdict.rawValue)")
                // The last thing that happens before the transaction.
                fixture.ledger.refuse { event in
                    if event.phase == .intent { directory.remove(voter.id) }
                    return false
                }
                let outcome = try await fixture.desk.decide(ApprovalReference(issued.handle), verdict, by: voter)
                #expect(outcome == .refused(.notApprover))
                #expect(try await fixture.status(issued.handle) == .pending)
                #expect(fixture.ledger.events.suffix(2).map(\.phase) == [.intent, .refused(.notApprover)])
            }
            #expect(try await fixture.count("approval_votes") == 0)
        }
    }

    @Test("spends no yes of somebody who lost the right before the commit", arguments: Setup.allCases)
    func beforeTheUse(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let directory = fixture.directory
            let issued = try await fixture.issue()
            _ = try await fixture.approve(issued.handle)
            fixture.ledger.refuse { event in
                if event.phase == .intent { directory.remove(Fixture.admin.id) }
                return false
            }
            #expect(try await fixture.desk.consume(Fixture.use(issued.token)).refusal == .approverGone)
            #expect(try await fixture.status(issued.handle) == .approved)
        }
    }

    @Test("completes a quorum by those alone who may still decide then", arguments: TestStore.allCases)
    func quorum(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue { $0.quorum = 2 }
            #expect(try await fixture.approve(issued.handle).status == .pending)
            fixture.directory.remove(Fixture.admin.id)
            #expect(try await fixture.approve(issued.handle, by: Fixture.secondAdmin).status == .pending)
            #expect(try await fixture.status(issued.handle) == .pending)
            let third = Fixture.caller("admin-3", person: "max@example.org")
            #expect(try await fixture.approve(issued.handle, by: third).status == .approved)
            let consumption = try #require(try await fixture.desk.consume(Fixture.use(issued.token)).consumption)
            #expect(consumption.approvers.map(\.id.text) == ["admin-2", "admin-3"])
        }
    }

    @Test("is asked for the key that decides, and for any key of those who voted before", arguments: TestStore.allCases)
    func keys(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let directory = ListeningApprovers()
            let desk = self.desk(directory, at: fixture)
            let issued = try await fixture.issue { $0.quorum = 2 }
            for number in 1...2 {
                let voter = Caller(
                    id: CallerID(unchecked: "admin-\(number)"), kind: .gatewayCaller, organisation: Fixture.acme,
                    keyID: KeyID(unchecked: "key-\(number)"))
                _ = try await desk.decide(ApprovalReference(issued.handle), .approve, by: voter)
            }
            _ = try await desk.consume(Fixture.use(issued.token))
            #expect(
                directory.asked.withLock { $0 } == [
                    "admin-1 key-1", "admin-2 key-2", "admin-1 any", "admin-1 any", "admin-2 any",
                ])
        }
    }

    @Test("waits for whoever is taking the right away", arguments: TestStore.allCases)
    func waits(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            try await TabledApprovers.create(in: fixture.database)
            let desk = self.desk(TabledApprovers(), at: fixture)
            let issued = try await fixture.issue()
            let approved = try await fixture.issue()
            _ = try await desk.decide(ApprovalReference(approved.handle), .approve, by: Fixture.secondAdmin)
            let (isTaken, mayCommit) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let isAnswered = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await fixture.database.transaction(isolation: .readCommitted) { connection in
                        try connection.execute("UPDATE test_approvers SET may = \(false)")
                        isTaken.signal()
                        mayCommit.wait()
                    }
                }
                group.addTask {
                    await withCheckedContinuation { continuation in
                        DispatchQueue.global().async {
                            isTaken.wait()
                            continuation.resume()
                        }
                    }
                    async let decision = desk.decide(ApprovalReference(issued.handle), .approve, by: Fixture.admin)
                    async let use = desk.consume(Fixture.use(approved.token))
                    let (decided, used) = try await (decision, use)
                    #expect(decided == .refused(.notApprover))
                    #expect(used.refusal == .approverGone)
                    isAnswered.turnOn()
                }
                // Both have begun, and on PostgreSQL both wait for the row.
                let end = ContinuousClock.now + .seconds(120)
                while true {
                    let begun = fixture.ledger.events.filter { $0.phase == .intent && [.approve, .consume].contains($0.action) }
                    var waiting = 2
                    if store == .postgres {
                        waiting =
                            try await fixture.database.queryOne("SELECT count(*) AS n FROM pg_locks WHERE NOT granted")?
                            .decode("n") ?? 0
                    }
                    if begun.count == 3, waiting >= 2 { break }
                    try #require(ContinuousClock.now < end && !isAnswered.isOn)
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(!isAnswered.isOn)
                mayCommit.signal()
                try await group.waitForAll()
            }
            #expect(try await fixture.status(issued.handle) == .pending)
            #expect(try await fixture.status(approved.handle) == .approved)
        }
    }
}
