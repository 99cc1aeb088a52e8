@testable import Approval
import ApprovalTestSupport
import Cryptography
import DatabaseTestSupport
import Identity
import Persistence
import StrictJSON
import TestKit
import Testing

@Suite("Spending")
struct ConsumeTests {
    typealias Fixture = ApprovalFixture

    @Test("S3-21: spends a yes once, and says who gave it", arguments: Setup.allCases)
    func once(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            #expect(try await fixture.desk.consume(Fixture.use(issued.token)).refusal == .notDecided)
            _ = try await fixture.approve(issued.handle)
            let consumption = try #require(try await fixture.desk.consume(Fixture.use(issued.token)).consumption)
            #expect(consumption.approvers.map(\.id.text) == ["admin-1"])
            #expect(consumption.approvedRequestID == "req-1")
            #expect(consumption.output == nil)
            #expect(try await fixture.desk.consume(Fixture.use(issued.token)).refusal == .decided(.used))
            #expect(try await fixture.status(issued.handle) == .used)
            let spent = fixture.ledger.events.filter { $0.action == .consume }
            #expect(
                spent.map(\.phase) == [.refused(.notDecided), .intent, .done(.used), .refused(.decided(.used))])
            #expect(spent.allSatisfy { $0.requestID == "req-2" && $0.approvedRequestID == "req-1" })
        }
    }

    @Test("H8: cannot be spent by what tables, lists, notices and records show", arguments: Setup.allCases)
    func handleIsNoGrant(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            _ = try await fixture.approve(issued.handle)
            let page = try await fixture.desk.requests(ApprovalQuery(organisation: Fixture.acme))
            var shown = page.requests.map(\.handle.text) + fixture.notices.told.map(\.handle.text)
            shown += fixture.ledger.events.compactMap(\.handle?.text)
            let row = try #require(try await fixture.database.queryOne("SELECT token, output_hash FROM approval_requests"))
            shown.append(try row.decode("token"))
            shown += ["", "*", "req-1", String(repeating: "A", count: 43)]
            for text in Set(shown) {
                let outcome = try await fixture.desk.consume(Fixture.use(issued.token) { $0.token = text })
                #expect(outcome.refusal == .unknown, "\(text)")
            }
            #expect(try await fixture.desk.consume(Fixture.use(issued.token)).consumption != nil)
        }
    }

    /// What may differ between the yes and the call, and what comes of it.
    private static let differences: [(String, ApprovalRefusal?, @Sendable (inout ApprovalUse) -> Void)] = [
        (
            "another key order", nil,
            { use in
                let turned: JSONValue = ["limit": 40, "content": "a,b,c", "path": "/data/output/report.csv"]
                use.receivedArguments = turned
                use.sentArguments = turned
            }
        ),
        ("one byte", .otherArguments, { $0.sentArguments[member: "content"] = "a,b,d" }),
        ("one byte as received", .otherArguments, { $0.receivedArguments[member: "content"] = "a,b,d" }),
        ("40.0 for 40", .otherArguments, { $0.sentArguments[member: "limit"] = 40.0 }),
        ("text for a number", .otherArguments, { $0.sentArguments[member: "limit"] = "40" }),
        ("true for a number", .otherArguments, { $0.sentArguments[member: "limit"] = true }),
        ("a further argument", .otherArguments, { $0.sentArguments[member: "mode"] = "append" }),
        ("a further null", .otherArguments, { $0.sentArguments[member: "mode"] = .null }),
        ("an argument less", .otherArguments, { $0.sentArguments[member: "limit"] = nil }),
        ("another Unicode form", .otherArguments, { $0.sentArguments[member: "content"] = "a,b,c\u{301}" }),
        ("another policy", .otherPolicy, { $0.policyRevision = "r2" }),
        ("another tool", .otherTool, { $0.tool = "fs.read" }),
        ("another server", .otherTool, { $0.server = "files2" }),
        ("another scope", .otherScope, { $0.scope = .outputRelease }),
        ("another caller", .otherCaller, { $0.caller = Fixture.caller("agent-2", person: "jo@example.org") }),
        ("another register", .otherCaller, { $0.caller = Fixture.caller("agent-1", .user, person: "jo@example.org") }),
        ("another organisation", .unknown, { $0.caller = Fixture.caller("agent-1", in: OrganisationID(unchecked: "other")) }),
    ]

    @Test("S3-21, H7: is spent on exactly what was approved", arguments: TestStore.allCases)
    func binding(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            for (name, refusal, change) in Self.differences {
                let issued = try await fixture.issue()
                _ = try await fixture.approve(issued.handle)
                let outcome = try await fixture.desk.consume(Fixture.use(issued.token, change))
                #expect(outcome.refusal == refusal, "\(name)")
                #expect((outcome.consumption == nil) == (refusal != nil), "\(name)")
                if refusal != nil {
                    // A failed attempt costs the yes nothing, and is on record.
                    #expect(fixture.ledger.events.last?.phase == refusal.map { .refused($0) }, "\(name)")
                    #expect(try await fixture.desk.consume(Fixture.use(issued.token)).consumption != nil, "\(name)")
                }
            }
        }
    }

    @Test("tells 1 from 1.0 and \"40.0\" from 40, and both from true", arguments: TestStore.allCases)
    func types(_ store: TestStore) async throws {
        let values: [JSONValue] = [1, 1.0, true, "1", "40.0", 40, 40.0, .null, [], [1], .object([:])]
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            for (index, value) in values.enumerated() {
                let issued = try await fixture.issue { $0.sentArguments = ["v": value] }
                _ = try await fixture.approve(issued.handle)
                for other in values.indices where other != index {
                    let outcome = try await fixture.desk.consume(
                        Fixture.use(issued.token) { $0.sentArguments = ["v": values[other]] })
                    #expect(outcome.refusal == .otherArguments, "\(value) and \(values[other])")
                }
                let outcome = try await fixture.desk.consume(Fixture.use(issued.token) { $0.sentArguments = ["v": value] })
                #expect(outcome.consumption != nil)
            }
        }
    }

    @Test("H8: has one winner among a thousand", arguments: Setup.allCases)
    func thousand(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            _ = try await fixture.approve(issued.handle)
            let desks = [fixture.desk, fixture.anotherDesk()]
            let outcomes = try await withThrowingTaskGroup(of: ConsumeOutcome.self) { group in
                for number in 0..<1_000 {
                    group.addTask { try await desks[number % 2].consume(Fixture.use(issued.token)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0.consumption != nil } == 1)
            #expect(outcomes.count { $0.refusal == .decided(.used) } == 999)
            let events = fixture.ledger.events.filter { $0.action == .consume }
            #expect(events.count { $0.phase == .done(.used) } == 1)
            #expect(Set(events.map(\.attempt)).count == 1_000)
        }
    }

    @Test(
        "S3-21, H8: is worth nothing from its last microsecond on, and stays so when the clock is stepped back",
        arguments: Setup.allCases)
    func expiry(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let early = try await fixture.issue()
            let late = try await fixture.issue()
            for handle in [early.handle, late.handle] { _ = try await fixture.approve(handle) }
            fixture.time.advance(by: .seconds(3_600) - .microseconds(1))
            #expect(try await fixture.desk.consume(Fixture.use(early.token)).consumption != nil)
            fixture.time.advance(by: .microseconds(1))
            #expect(try await fixture.desk.consume(Fixture.use(late.token)).refusal == .decided(.expired))
            fixture.time.advance(by: .seconds(-3_600))
            #expect(try await fixture.desk.consume(Fixture.use(late.token)).refusal == .decided(.expired))
            #expect(try await fixture.status(late.handle) == .expired)
        }
    }

    @Test("looks again whether those who approved may do so, and are different humans", arguments: Setup.allCases)
    func approvers(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let demoted = try await fixture.issue()
            _ = try await fixture.approve(demoted.handle)
            fixture.directory.remove(Fixture.admin.id)
            #expect(try await fixture.desk.consume(Fixture.use(demoted.token)).refusal == .approverGone)
            #expect(try await fixture.status(demoted.handle) == .approved)

            // Somebody finds out that two keys are one human's, after the votes.
            let pair = try await fixture.issue { $0.quorum = 2 }
            let voters = [Fixture.caller("admin-3"), Fixture.caller("admin-4")]
            for voter in voters { _ = try await fixture.approve(pair.handle, by: voter) }
            #expect(try await fixture.status(pair.handle) == .approved)
            for voter in voters { fixture.directory.name(PersonID(unchecked: "max@example.org"), behind: voter.id) }
            #expect(try await fixture.desk.consume(Fixture.use(pair.token)).refusal == .approverGone)

            // Or that the one who approved is the one who asked.
            let own = try await fixture.issue()
            _ = try await fixture.approve(own.handle, by: Fixture.caller("admin-5"))
            fixture.directory.name(PersonID(unchecked: "jo@example.org"), behind: CallerID(unchecked: "admin-5"))
            #expect(try await fixture.desk.consume(Fixture.use(own.token)).refusal == .approverGone)
        }
    }

    @Test("releases a withheld output once, and keeps it sealed until then", arguments: Setup.allCases)
    func output(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let output: JSONValue = ["rows": [["a", 1.0], ["b", 2]]]
            let issued = try await fixture.issue {
                $0.scope = .outputRelease
                $0.output = output
            }
            let row = try #require(
                try await fixture.database.queryOne("SELECT output_payload, output_hash FROM approval_requests"))
            #expect(try row.decode("output_payload", as: String.self).hasPrefix("{\"sealed\": \""))
            #expect(try row.decode("output_hash", as: String.self).utf8.count == 82)
            _ = try await fixture.approve(issued.handle)
            #expect(try await fixture.desk.consume(Fixture.use(issued.token)).refusal == .otherScope)
            let outcomes = try await withThrowingTaskGroup(of: ConsumeOutcome.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await fixture.desk.consume(Fixture.use(issued.token) { $0.scope = .outputRelease })
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let winners = outcomes.compactMap(\.consumption)
            #expect(winners.map(\.output) == [output])
            #expect(outcomes.count { $0.refusal == .decided(.used) } == 19)
            #expect(try await fixture.count("approval_keys") == 0)
            #expect(try await fixture.count("approval_requests", "output_payload IS NOT NULL") == 0)
            let winner = try #require(winners.first)
            #expect(try await fixture.desk.giveBack(winner) == .refused(.notReturnable))
        }
    }

    @Test("shreds a withheld output when it is denied, cancelled or expires", arguments: TestStore.allCases)
    func outputGone(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            for end in 0..<4 {
                let issued = try await fixture.issue {
                    $0.scope = .outputRelease
                    $0.output = ["a": 1]
                }
                #expect(try await fixture.count("approval_keys") == 2)
                switch end {
                case 0: _ = try await fixture.deny(issued.handle)
                case 1:
                    _ = try await fixture.desk.cancel(
                        ApprovalReference(issued.handle), by: Fixture.agent, isAdministrator: false)
                case 2:
                    _ = try await fixture.approve(issued.handle)
                    #expect(try await fixture.count("approval_keys") == 1)
                    _ = try await fixture.desk.cancel(
                        ApprovalReference(issued.handle), by: Fixture.admin, isAdministrator: true)
                default:
                    fixture.time.advance(by: .seconds(3_600))
                    #expect(try await fixture.desk.expireDue() == 1)
                }
                #expect(try await fixture.count("approval_keys") == 0)
                #expect(try await fixture.count("approval_arguments") == 0)
                #expect(try await fixture.count("approval_requests", "output_payload IS NOT NULL") == 0)
            }
        }
    }

    @Test("gives a use back once, while it is the last one and time is left", arguments: Setup.allCases)
    func giveBack(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            _ = try await fixture.approve(issued.handle)
            let first = try #require(try await fixture.desk.consume(Fixture.use(issued.token)).consumption)
            #expect(try await fixture.desk.giveBack(first) == .returned)
            #expect(try await fixture.desk.giveBack(first) == .refused(.notReturnable))
            #expect(try await fixture.status(issued.handle) == .approved)
            let second = try #require(try await fixture.desk.consume(Fixture.use(issued.token)).consumption)
            #expect(try await fixture.desk.giveBack(first) == .refused(.notReturnable))
            fixture.time.advance(by: .seconds(3_600))
            #expect(try await fixture.desk.giveBack(second) == .refused(.notReturnable))
            #expect(try await fixture.status(issued.handle) == .used)
            let returns = fixture.ledger.events.filter { $0.action == .giveBack }
            #expect(returns.count { $0.phase == .done(.approved) } == 1)
            #expect(returns.count { $0.phase == .refused(.notReturnable) } == 3)
        }
    }

    @Test("gives a use back to one of many", arguments: TestStore.allCases)
    func giveBackAtOnce(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue()
            _ = try await fixture.approve(issued.handle)
            let use = try #require(try await fixture.desk.consume(Fixture.use(issued.token)).consumption)
            let returned = try await withThrowingTaskGroup(of: ReturnOutcome.self) { group in
                for _ in 0..<50 { group.addTask { try await fixture.desk.giveBack(use) } }
                return try await group.reduce(into: 0) { $0 += $1 == .returned ? 1 : 0 }
            }
            #expect(returned == 1)
        }
    }

    @Test("goes on across a change of the server secret", arguments: TestStore.allCases)
    func rotation(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            let issued = try await fixture.issue {
                $0.scope = .outputRelease
                $0.output = ["a": 1]
            }
            let newer = String(repeating: "B", count: 42) + "A="
            let rotated = fixture.anotherDesk(keyring: try SecretKeyring(parsing: "\(newer),\(Fixture.secretText)"))
            #expect(try await rotated.detail(ApprovalReference(issued.handle), in: Fixture.acme)?.arguments != nil)
            _ = try await rotated.decide(ApprovalReference(issued.handle), .approve, by: Fixture.admin)
            let use = Fixture.use(issued.token) { $0.scope = .outputRelease }
            // A server without the old secret can read nothing, and spends nothing.
            let stranger = fixture.anotherDesk(keyring: try SecretKeyring(parsing: newer))
            #expect(try await stranger.consume(use).refusal == .otherArguments)
            #expect(try await rotated.consume(use).consumption?.output == ["a": 1])
        }
    }

    @Test("H3: spends nothing when the ledger keeps no intent", arguments: Setup.allCases)
    func unrecorded(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            _ = try await fixture.approve(issued.handle)
            fixture.ledger.refuse { $0.phase == .intent }
            let error = await #expect(throws: ApprovalError.self) { try await fixture.desk.consume(Fixture.use(issued.token)) }
            #expect(error?.code == .unrecorded)
            #expect(try await fixture.status(issued.handle) == .approved)
            fixture.ledger.refuse { _ in false }
            #expect(try await fixture.desk.consume(Fixture.use(issued.token)).consumption != nil)
        }
    }
}

extension JSONValue {
    /// Changes a member of an object.
    fileprivate subscript(member key: String) -> JSONValue? {
        get { self.objectValue?[key] }
        set {
            guard case .object(var object) = self else { return }
            object[key] = newValue
            self = .object(object)
        }
    }
}
