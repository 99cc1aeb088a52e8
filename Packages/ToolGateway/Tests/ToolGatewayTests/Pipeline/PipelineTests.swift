import Approval
import ApprovalTestSupport
import Audit
import Cryptography
import DatabaseTestSupport
import Identity
import Persistence
import Policy
import StrictJSON
import Synchronization
import TestKit
import Testing
import ToolGateway

@Suite("Pipeline")
struct PipelineTests {
    @Test("H3: has the intent on record before the tool runs, and the outcome after", arguments: TestStore.allCases)
    func allows(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let before = Collected<[String]>()
            gateway.tool.answer { _ in
                before.append((try? await gateway.records(of: "req-1")) ?? ["unreadable"])
                return .success(["rows": [1, 2]])
            }
            let result = try await gateway.invoke("req-1", "fs.read", ["path": "/data/a.csv"])
            #expect(before.all == [["intent"]])
            #expect(result.decision == .allow)
            #expect(result.result == ["rows": [1, 2]])
            #expect(result.sanitizedArguments == ["path": "/data/a.csv"])
            #expect(result.explanation == "Matched rule 'allow-read' (priority=50): Reads under data")
            #expect(try await gateway.records(of: "req-1") == ["intent", "outcome"])
            let event = try #require(try await gateway.event("req-1"))
            #expect(event.executionStatus == "SUCCESS")
            #expect(event.matchedPolicyRule == "allow-read")
            #expect(event.rawArgumentsHash == SHA256.hash(#"{"path": "/data/a.csv"}"#.utf8).hex)
            #expect(event.outputHash == SHA256.hash(#"{"rows": [1, 2]}"#.utf8).hex)
            #expect(event.callerRole == "developer")
            #expect(String(decoding: try #require(gateway.tool.calls.first).body, as: UTF8.self) == #"{"path": "/data/a.csv"}"#)
            #expect(gateway.events.all.map(\.executionStatus) == ["SUCCESS"])
            try await gateway.checkTrail()
        }
    }

    @Test("S3-23: records a denial as the one record of its request, and runs nothing", arguments: TestStore.allCases)
    func denies(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let result = try await gateway.invoke("req-1", "fs.read", ["path": "/etc/hosts"])
            #expect(result.decision == .deny)
            #expect(result.sanitizedArguments == nil)
            #expect(try await gateway.invoke("req-2", "nobody.knows").decision == .deny)
            #expect(gateway.tool.calls.isEmpty)
            #expect(try await gateway.records(of: "req-1") == ["decision"])
            #expect(try await gateway.event("req-1")?.matchedPolicyRule == "catch-all-deny")
            #expect(try await gateway.event("req-1")?.executionStatus == nil)
            try await gateway.checkTrail()
        }
    }

    @Test(
        "tells all faults against the schema, keeps none of the names that were made up, and records a denial",
        arguments: TestStore.allCases)
    func schema(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let refusal = await #expect(throws: GatewayRefusal.self) {
                try await gateway.invoke("req-1", "fs.read", ["path": 5, "canary-argument": 1])
            }
            guard case .schema(let violations) = refusal?.reason else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(violations.count == 2)
            #expect(refusal?.isRecorded == true)
            #expect(refusal?.description.hasPrefix("Tool schema validation failed: ") == true)
            let event = try #require(try await gateway.event("req-1"))
            #expect(event.decision == "DENY")
            #expect(event.matchedPolicyRule == "pipeline-error")
            #expect(!event.deterministicRationale.contains("canary"))
            #expect(gateway.tool.calls.isEmpty)
            try await gateway.checkTrail()
        }
    }

    @Test("H1: refuses an id that was used, before anything happens", arguments: TestStore.allCases)
    func repeated(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            _ = try await gateway.invoke("req-1", "fs.read", ["path": "/data/a.csv"])
            for (tool, arguments) in [("fs.read", ["path": "/data/b.csv"]), ("nobody.knows", [:]), ("fs.write", [:])]
                as [(String, JSONObject)]
            {
                let refusal = await #expect(throws: GatewayRefusal.self) { try await gateway.invoke("req-1", tool, arguments) }
                #expect(refusal?.reason == .requestIDTaken)
                #expect(refusal?.isRecorded == true)
            }
            #expect(gateway.tool.calls.count == 1)
            let refusals = try await gateway.database.queryOne("SELECT count(*) AS n FROM audit_journal WHERE kind = 'refusal'")
            #expect(try refusals?.decode("n", as: Int.self) == 3)
            for id in ["", "a b", "ü", String(repeating: "x", count: 256), "a\n"] {
                let refusal = await #expect(throws: GatewayRefusal.self) { try await gateway.invoke(id, "fs.read") }
                #expect(refusal?.reason == .invalidRequestID)
            }
            try await gateway.checkTrail()
        }
    }

    @Test("calls nothing when nothing can be recorded")
    func unrecorded() async throws {
        try await GatewayFixture.with(.sqlite) { gateway in
            gateway.running.cancel()
            await gateway.running.value
            for tool in ["mail.list", "nobody.knows", "fs.write"] {
                let refusal = await #expect(throws: GatewayRefusal.self) { try await gateway.invoke("req-\(tool)", tool) }
                #expect(refusal?.reason == .unavailable)
                #expect(refusal?.isRecorded == false)
            }
            #expect(gateway.tool.calls.isEmpty)
            #expect(gateway.ledger.events.isEmpty)
        }
    }

    @Test("tells what a tool did not do, and keeps the decision", arguments: TestStore.allCases)
    func failures(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            for (number, failure) in [
                ToolFailure(.toolError, "the tool server answered 500", httpStatus: 500, mayHaveRun: true),
                ToolFailure(.timeout, "the tool server did not answer in time", httpStatus: 504, mayHaveRun: true),
                ToolFailure(.toolError, "there is no such tool server", httpStatus: 404, mayHaveRun: false),
            ].enumerated() {
                gateway.tool.answer { _ in .failure(failure) }
                let result = try await gateway.invoke("req-\(number)", "mail.list")
                #expect(result.decision == .allow)
                #expect(result.result == nil)
                #expect(try await gateway.event("req-\(number)")?.executionStatus == failure.status.rawValue)
                #expect(try await gateway.records(of: "req-\(number)") == ["intent", "outcome"])
            }
            try await gateway.checkTrail()
        }
    }

    @Test("records what became of a call whose caller has gone", arguments: TestStore.allCases)
    func cancelled(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let (started, start) = AsyncStream<Void>.makeStream()
            let (released, release) = AsyncStream<Void>.makeStream()
            gateway.tool.answer { _ in
                start.finish()
                for await _ in released {}
                return .success(["done": true])
            }
            let call = Task { try await gateway.invoke("req-1", "mail.list") }
            for await _ in started {}
            call.cancel()
            release.finish()
            _ = await call.result
            #expect(try await gateway.event("req-1")?.executionStatus == "SUCCESS")
            try await gateway.checkTrail()
        }
    }

    @Test("judges again what sanitising made of the arguments", arguments: TestStore.allCases)
    func rechecked(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let note = try await gateway.invoke("req-1", "note.add", ["text": "write to ada@corp.example about ..././x"])
            #expect(note.decision == .sanitizeAndAllow)
            let sent = try #require(gateway.tool.calls.first)
            #expect(sent.request.arguments == note.sanitizedArguments)
            let text = String(decoding: sent.body, as: UTF8.self)
            #expect(text.contains("[REDACTED_EMAIL]"))
            #expect(!text.contains("ada@"))
            #expect(!text.contains("../"))
            let event = try #require(try await gateway.event("req-1"))
            #expect(!String(decoding: event.json.compactBytes(), as: UTF8.self).contains("ada@"))
            #expect(event.redactionFlags.arrayValue?.isEmpty == false)
            try await gateway.checkTrail()
        }
    }

    @Test(
        "H5: keeps digests with a key where the setting or the policy asks for it, and the value nowhere",
        arguments: TestStore.allCases)
    func sensitive(_ store: TestStore) async throws {
        try await GatewayFixture.with(store, argumentHash: .keyed) { gateway in
            let canary = "canary-" + "4711"
            let result = try await gateway.invoke("req-1", "vault.put", ["token": .string(canary), "name": "x"])
            #expect(result.result == ["ok": true])
            #expect(String(decoding: try #require(gateway.tool.calls.first).body, as: UTF8.self).contains(canary))
            let event = try #require(try await gateway.event("req-1"))
            #expect(event.sanitizedArguments["token"]?.stringValue?.hasPrefix("[SENSITIVE ") == true)
            #expect(event.sanitizedArguments["name"] == "x")
            #expect(event.rawArgumentsHash != SHA256.hash(#"{"name": "x", "token": "\#(canary)"}"#.utf8).hex)
            for table in ["audit_journal", "audit_events"] {
                let column: SQL = table == "audit_journal" ? "body" : "CAST(sanitized_args AS text)"
                let rows = try await gateway.database.query("SELECT \(column) AS text FROM \(identifier: table)")
                for row in rows { #expect(try !row.decode("text", as: String.self).contains(canary)) }
            }
        }
    }

    @Test("keep what is large, extreme or full of finds in bounded records, which stay whole", arguments: TestStore.allCases)
    func bounded(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let mails = JSONValue.array((0..<4_000).map { .string("a\($0)@corp.example") })
            var keys = JSONObject()
            for number in 0..<4_000 { keys["b\(number)@corp.example"] = .integer(number) }
            let extreme = try JSONValue(
                parsing: Array(("[" + Array(repeating: "1e-16383", count: 5_000).joined(separator: ",") + ",1e-5000,1e300]").utf8)
            )
            let long = String(repeating: "k", count: 100_000)
            for (number, arguments) in [
                ["rows": mails], ["keys": .object(keys)], ["n": extreme], [long: mails],
                ["text": .string(String(repeating: "\u{7F}", count: 150_000))],
            ].enumerated() as EnumeratedSequence<[JSONObject]> {
                let allowed = try await gateway.invoke("allowed-\(number)", "mail.list", arguments)
                #expect(allowed.decision == .allow, "\(number): \(allowed.explanation)")
                #expect(try await gateway.invoke("denied-\(number)", "nobody.knows", arguments).decision == .deny)
                try await gateway.settle()
                for id in ["allowed-\(number)", "denied-\(number)"] {
                    let event = try #require(try await gateway.event(id), "\(id)")
                    #expect(event.sanitizedArguments.sortedBytes().count <= 256 << 10)
                    #expect((event.redactionFlags.arrayValue?.count ?? 0) <= 1_000)
                }
            }
            #expect(gateway.tool.calls.count == 5)
            #expect(
                try await AuditTrail(database: gateway.database, keyring: gateway.keyring).events(.newest(of: nil)).events.count
                    == 10)
            try await gateway.checkTrail()
            let archive = JournalArchive(
                database: gateway.database, folder: gateway.folder + "/archive", keyring: gateway.keyring)
            #expect(try await archive.run(before: .now()).dropped == 15)
        }
    }

    private struct Advisor: RiskAdvisor {
        let advice: RiskAdvice?
        func advise(on call: ToolCall, assessed assessment: RiskAssessment) async -> RiskAdvice? { self.advice }
    }

    @Test("S3-22: lets an advisor raise the risk, and never the decision")
    func advised() async throws {
        let high = Advisor(advice: RiskAdvice(labels: [.highDestructive], score: 7, explanation: "looks dangerous"))
        try await GatewayFixture.with(.sqlite, advisor: high) { gateway in
            let result = try await gateway.invoke("req-1", "mail.list")
            #expect(result.decision == .allow)
            #expect(result.riskLabels == ["HIGH_DESTRUCTIVE"])
            #expect(try await gateway.event("req-1")?.riskScore == 1)
            #expect(try await gateway.event("req-1")?.llmExplanation == "looks dangerous")
            #expect(try await gateway.invoke("req-2", "fs.read", ["path": "/etc/hosts"]).decision == .deny)
        }
        for advice in [RiskAdvice(labels: [.none], score: -1, explanation: "fine"), nil] {
            try await GatewayFixture.with(.sqlite, advisor: Advisor(advice: advice)) { gateway in
                let result = try await gateway.invoke("req-1", "mail.list", ["to": "123-45-6789"])
                #expect(result.riskLabels == ["PII_SENSITIVE"])
                #expect(try await gateway.event("req-1")?.riskScore == 0.5)
            }
        }
    }
}
