@testable import Approval
import ApprovalTestSupport
import Cryptography
import DatabaseTestSupport
import Identity
import Persistence
import StrictJSON
import Testing

@Suite("Issuing")
struct IssueTests {
    typealias Fixture = ApprovalFixture

    @Test("S3-5, S3-17, S3-18: tells the token once, and keeps only its handle", arguments: Setup.allCases)
    func token(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            #expect(Base64URL.decode(issued.token.text)?.count == 32)
            #expect(issued.handle.text == Base64URL.encode(SHA256.hash(issued.token.text.utf8).bytes))
            #expect("\(issued.token)" == "<approval token>")
            #expect(issued.expiresAt == fixture.time.now.advanced(by: .seconds(3_600)))
            let row = try #require(try await fixture.database.queryOne("SELECT * FROM approval_requests"))
            #expect(try row.decode("token", as: String.self) == issued.handle.text)
            #expect(try row.decode("status", as: String.self) == "PENDING")
            #expect(try row.decode("scope", as: String.self) == "EXECUTION")
            #expect(try row.decode("org_id", as: String.self) == "acme")
            #expect(try row.decode("request_id", as: String.self) == "req-1")
            #expect(try row.decode("expires_at", as: Timestamp.self) == issued.expiresAt)
            #expect(try row.decode("output_payload", as: String?.self) == nil)
            let call = try JSONValue(parsing: Array(try row.decode("tool_call", as: String.self).utf8))
            #expect(call == Fixture.draft().sanitizedCall)
            let other = try await fixture.issue()
            #expect(other.token.text != issued.token.text)
            #expect(fixture.ledger.events.map(\.phase) == [.intent, .done(.pending), .intent, .done(.pending)])
            #expect(fixture.ledger.events.allSatisfy { $0.action == .issue && $0.requestID == "req-1" })
        }
    }

    @Test("keeps times in UTC without a zone", arguments: [Setup.postgres])
    func naiveTimes(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let issued = try await fixture.issue()
            let text = try await fixture.database.queryOne(
                "SELECT to_char(expires_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS text FROM approval_requests")
            #expect(try text?.decode("text", as: String.self) == issued.expiresAt.rfc3339)
        }
    }

    @Test("opens at most five requests for one call, and others beside them", arguments: Setup.allCases)
    func tooMany(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            var open: [IssuedApproval] = []
            for _ in 0..<5 { open.append(try await fixture.issue()) }
            #expect(try await fixture.desk.issue(Fixture.draft()).refusal == .tooMany)
            #expect(fixture.ledger.events.last?.phase == .refused(.tooMany))
            // Each part of the binding counts.
            let changes: [(inout ApprovalDraft) -> Void] = [
                { $0.caller = Fixture.caller("agent-2") }, { $0.caller = Fixture.caller("agent-1", .user) },
                { $0.server = "other" }, { $0.tool = "fs.read" }, { $0.policyRevision = "r2" },
                { $0.receivedArguments = ["path": "x"] }, { $0.sentArguments = ["path": "x"] },
                { $0.caller = Fixture.caller("agent-1", in: OrganisationID(unchecked: "other")) },
            ]
            for change in changes { #expect(try await fixture.desk.issue(Fixture.draft(change)).issued != nil) }
            #expect(try await fixture.deny(open[0].handle).status == .denied)
            #expect(try await fixture.desk.issue(Fixture.draft()).issued != nil)
            #expect(try await fixture.desk.issue(Fixture.draft()).refusal == .tooMany)
            fixture.time.advance(by: .seconds(3_600))
            #expect(try await fixture.desk.issue(Fixture.draft()).issued != nil)
        }
    }

    @Test("opens at most five at the same time on several servers", arguments: Setup.allCases)
    func tooManyAtOnce(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            let desks = [fixture.desk, fixture.anotherDesk(), fixture.anotherDesk()]
            let issued = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<30 {
                    group.addTask { try await desks[number % desks.count].issue(Fixture.draft()).issued != nil }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(issued == 5)
            #expect(try await fixture.count("approval_requests") == 5)
        }
    }

    @Test("bounds what one caller has open")
    func callerBound() async throws {
        var configuration = ApprovalConfiguration()
        configuration.maximumOpenPerCaller = 3
        try await Fixture.with(.sqlite, configuration: configuration) { fixture in
            for number in 0..<3 { _ = try await fixture.issue { $0.sentArguments = ["n": .integer(number)] } }
            #expect(try await fixture.desk.issue(Fixture.draft { $0.tool = "another" }).refusal == .tooMany)
        }
    }

    private static let badDrafts: [(String, ApprovalError.Code, @Sendable (inout ApprovalDraft) -> Void)] = [
        ("caller", .invalidRequest, { $0.caller = .anonymous }),
        ("requestID", .invalidRequest, { $0.requestID = "" }),
        ("requestID", .invalidRequest, { $0.requestID = "a\nb" }),
        ("server", .invalidRequest, { $0.server = String(repeating: "s", count: 256) }),
        ("tool", .invalidRequest, { $0.tool = "fs.read\u{200B}" }),
        ("policyRevision", .invalidRequest, { $0.policyRevision = "\0" }),
        ("riskExplanation", .invalidRequest, { $0.riskExplanation = "a\0" }),
        ("riskLabels", .invalidRequest, { $0.riskLabels = Array(repeating: "L", count: 65) }),
        ("riskLabels", .invalidRequest, { $0.riskLabels = [""] }),
        ("riskScore", .invalidRequest, { $0.riskScore = 1.5 }),
        ("riskScore", .invalidRequest, { $0.riskScore = .nan }),
        ("quorum", .invalidRequest, { $0.quorum = 0 }),
        ("quorum", .invalidRequest, { $0.quorum = 11 }),
        ("lifetime", .invalidRequest, { $0.lifetime = .zero }),
        ("lifetime", .invalidRequest, { $0.lifetime = .seconds(40 * 86_400) }),
        ("output", .invalidRequest, { $0.output = "x" }),
        ("output", .invalidRequest, { $0.scope = .outputRelease }),
        ("sanitizedCall", .invalidRequest, { $0.sanitizedCall = ["a": "\0"] }),
        ("sentArguments", .tooLarge, { $0.sentArguments = .array(Array(repeating: .null, count: 20_001)) }),
        (
            "sentArguments", .tooLarge,
            {
                let long = String(repeating: "k", count: 100_000)
                $0.sentArguments = .object(JSONObject([(long, .array(Array(repeating: .null, count: 100)))]))
            }
        ),
        (
            "output", .tooLarge,
            {
                $0.scope = .outputRelease
                $0.output = .string(String(repeating: "o", count: 5 << 20))
            }
        ),
    ]

    @Test("refuses drafts that break a rule, naming field and rule", arguments: TestStore.allCases)
    func badDrafts(_ store: TestStore) async throws {
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres) { fixture in
            for (field, code, change) in Self.badDrafts {
                let error = try await #require(throws: ApprovalError.self, "\(field)") {
                    try await fixture.desk.issue(Fixture.draft(change))
                }
                #expect(error.code == code, "\(field): \(error)")
                #expect(error.message.hasPrefix("\(field) must"), "\(error)")
            }
            #expect(try await fixture.count("approval_requests") == 0)
        }
    }

    @Test("H3: does nothing when the ledger keeps no intent, or the outbox fails", arguments: Setup.allCases)
    func unrecorded(_ setup: Setup) async throws {
        try await Fixture.with(setup) { fixture in
            fixture.ledger.refuse { _ in true }
            let error = await #expect(throws: ApprovalError.self) { try await fixture.desk.issue(Fixture.draft()) }
            #expect(error?.code == .unrecorded)
            fixture.ledger.refuse { _ in false }
            fixture.notices.fail(with: PersistenceError(.other, message: "no room"))
            await #expect(throws: PersistenceError.self) { try await fixture.desk.issue(Fixture.draft()) }
            #expect(fixture.ledger.events.map(\.phase) == [.intent, .failed])
            let kept = try await fixture.count("approval_requests") + fixture.count("approval_keys")
            #expect(kept == 0)
            #expect(fixture.notices.told == [])
        }
    }

    @Test("tells outsiders what is needed, and neither token nor arguments", arguments: TestStore.allCases)
    func notices(_ store: TestStore) async throws {
        var configuration = ApprovalConfiguration()
        configuration.linkPrefix = "https://gate.example/v1/approvals/"
        try await Fixture.with(store == .sqlite ? .sqlite : .postgres, configuration: configuration) { fixture in
            let issued = try await fixture.issue()
            let notice = try #require(fixture.notices.told.first)
            #expect(fixture.notices.written == [notice])
            #expect(notice.kind == .required)
            #expect(notice.handle == issued.handle)
            #expect(notice.link == "https://gate.example/v1/approvals/\(issued.handle)")
            #expect(notice.riskLabels == ["HIGH_WRITE_ACTION"])
            #expect(notice.json["status"] == "PENDING")
            #expect(!"\(notice.json)".contains(issued.token.text))
            #expect(!"\(notice.json)".contains("report.csv"))
            _ = try await fixture.approve(issued.handle)
            _ = try await fixture.desk.consume(Fixture.use(issued.token))
            #expect(fixture.notices.told.map(\.status) == [.pending, .approved, .used])
            #expect(fixture.notices.told[1].approverID == "admin-1")
            #expect(fixture.notices.written == fixture.notices.told)
        }
    }

    @Test("S3-16: writes the two prescribed lines of log, without token and handle")
    func logNotifier() async throws {
        try await Fixture.with(.sqlite) { fixture in
            let desk = fixture.anotherDesk(notifier: LogNotifier(logger: fixture.log.logger))
            let issued = try #require(try await desk.issue(Fixture.draft()).issued)
            _ = try await desk.decide(ApprovalReference(issued.handle), .deny, by: Fixture.admin, note: "canary-note")
            #expect(
                fixture.log.all == [
                    "info APPROVAL_REQUIRED caller.id=agent-1 request.id=req-1 status=PENDING tool=fs.write",
                    "info APPROVAL_DECIDED caller.id=agent-1 request.id=req-1 status=DENIED tool=fs.write",
                ])
        }
    }
}
