import Approval
import ApprovalTestSupport
import Audit
import Cryptography
import DatabaseTestSupport
import Persistence
import Policy
import StrictJSON
import TestKit
import Testing
import ToolGateway

@Suite("Calls that wait for a yes")
struct ApprovalFlowTests {
    private let arguments: JSONObject = ["path": "/data/out.csv", "content": "x"]

    @Test("S3-21, H7: run once, on exactly what was approved", arguments: TestStore.allCases)
    func approved(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let asked = try await gateway.invoke("req-1", "fs.write", self.arguments)
            #expect(asked.decision == .approvalRequired)
            #expect(asked.result == nil)
            let token = try #require(asked.approvalToken)
            #expect(gateway.tool.calls.isEmpty)
            #expect(try await gateway.records(of: "req-1") == ["intent", "decision"])

            // Not decided yet: another request is opened, and nothing runs.
            let early = try await gateway.invoke("req-2", "fs.write", self.arguments, token: token)
            #expect(early.decision == .approvalRequired)
            #expect(early.approvalToken != nil)
            #expect(early.approvalToken != token)
            try await gateway.approve(token)
            for (number, other) in [
                ["path": "/data/out.csv", "content": "y"], ["path": "/data/out.csv", "content": "x", "more": nil],
                ["path": "/data/out.csv"],
            ].enumerated() as EnumeratedSequence<[JSONObject]> {
                let result = try await gateway.invoke("other-\(number)", "fs.write", other, token: token)
                #expect(result.decision == .approvalRequired)
            }
            #expect(gateway.tool.calls.isEmpty)

            // The order of keys makes no other call.
            let done = try await gateway.invoke("req-3", "fs.write", ["content": "x", "path": "/data/out.csv"], token: token)
            #expect(done.decision == .allow)
            #expect(done.result == ["ok": true])
            #expect(done.explanation == "Approved: ada (request req-1)")
            let event = try #require(try await gateway.event("req-3"))
            #expect(event.approverID == "ada")
            #expect(event.executionStatus == "SUCCESS")
            let again = try await gateway.invoke("req-4", "fs.write", self.arguments, token: token)
            #expect(again.decision == .approvalRequired)
            #expect(gateway.tool.calls.count == 1)
            try await gateway.checkTrail()
        }
    }

    private func sentDigest(_ id: String, _ gateway: GatewayFixture) async throws -> String? {
        let row = try await gateway.database.queryOne(
            "SELECT body FROM audit_journal WHERE request_id = \(id) AND kind = 'intent'")
        return try JSONValue(parsing: Array(try #require(row).decode("body", as: String.self).utf8))["details"]?["sent_digest"]?
            .stringValue
    }

    private static func value(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 2 ? 5 : 7), using: &generator) {
        case 0: return .integer(Int.random(in: -1_000...1_000, using: &generator))
        case 1:
            return .string(
                ["a", "ü", "\u{202E}x", "a\\b", "ada@corp.example", "\u{10FFFF}", ""].randomElement(using: &generator) ?? "")
        case 2: return .bool(.random(using: &generator))
        case 3: return .null
        case 4: return .number(JSONNumber(Double.random(in: -1e6...1e6, using: &generator)) ?? JSONNumber(0))
        case 5: return .array((0..<3).map { _ in Self.value(depth: depth + 1, &generator) })
        default: return .object(Self.object(depth: depth + 1, &generator))
        }
    }

    private static func object(depth: Int, _ generator: inout SeededGenerator) -> JSONObject {
        var object: JSONObject = [:]
        for key in ["b", "a", "é", "z z", "0"].shuffled(using: &generator).prefix(Int.random(in: 1...5, using: &generator)) {
            object[key] = Self.value(depth: depth, &generator)
        }
        return object
    }

    @Test(
        "H7: the digest of what ran is the digest of what was approved, for any arguments in any order",
        arguments: TestStore.allCases)
    func digests(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            var generator = SeededGenerator(seed: TestRun.seed)
            for round in 0..<TestRun.count(25, long: 1_000) {
                let arguments = Self.object(depth: 0, &generator)
                let token = try await gateway.invoke("ask-\(round)", "fs.write", arguments).approvalToken
                try await gateway.approve(token)
                let other = JSONObject(arguments.map { ($0.key, $0.value) }.shuffled(using: &generator))
                let result = try await gateway.invoke("run-\(round)", "fs.write", other, token: token)
                #expect(result.decision == .allow, "round \(round), seed \(TestRun.seed)")
                let body = try #require(gateway.tool.calls.last).body
                let digest = Hex.encode(try gateway.keyring.sign(body, for: KeyPurpose("gateway-arguments")))
                #expect(try await self.sentDigest("ask-\(round)", gateway) == digest)
                #expect(try await self.sentDigest("run-\(round)", gateway) == digest)
            }
        }
    }

    @Test("H8: spend a yes once, however many come at the same time", arguments: TestStore.allCases)
    func race(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let rounds = TestRun.count(2, long: 50)
            for round in 0..<rounds {
                let arguments: JSONObject = ["n": .integer(round)]
                let token = try await gateway.invoke("ask-\(round)", "fs.write", arguments).approvalToken
                try await gateway.approve(token)
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<6 {
                        group.addTask {
                            do throws(GatewayRefusal) {
                                _ = try await gateway.invoke("use-\(round)-\(number)", "fs.write", arguments, token: token)
                            } catch {
                                #expect(error.reason == .tooManyApprovals)
                            }
                        }
                    }
                }
                #expect(gateway.tool.calls.count == round + 1)
            }
            try await gateway.checkTrail()
        }
    }

    @Test("are denied where nobody could be shown what to decide on", arguments: TestStore.allCases)
    func tooLarge(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let items = JSONValue.array((0..<20_100).map { .integer($0) })
            let result = try await gateway.invoke("req-1", "fs.write", ["rows": items])
            #expect(result.decision == .deny)
            #expect(result.approvalToken == nil)
            #expect(try await gateway.event("req-1")?.matchedPolicyRule == "approval-impossible")
            // An output likewise: the tool has run, and the answer says so.
            gateway.tool.answer { _ in .success(["text": "confidential", "rows": items]) }
            let dropped = try await gateway.invoke("req-2", "mail.list")
            #expect(dropped.decision == .allow)
            #expect(dropped.outputDecision == .deny)
            #expect(dropped.result == nil)
            #expect(try await gateway.event("req-2")?.executionStatus == "SUCCESS")
            try await gateway.checkTrail()
        }
    }

    @Test(
        "drop an output for which as many approvals are open as may be, and say that the tool has run",
        arguments: TestStore.allCases)
    func tooManyOutputs(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            gateway.tool.answer { _ in .success(["text": "confidential"]) }
            for number in 0..<5 { #expect(try await gateway.invoke("req-\(number)", "mail.list").approvalToken != nil) }
            let last = try await gateway.invoke("req-5", "mail.list")
            #expect(last.outputDecision == .deny)
            #expect(last.approvalToken == nil)
            #expect(last.outputExplanation?.contains("Too many approvals") == true)
            #expect(try await gateway.event("req-5")?.outputDecision == "DENY")
            try await gateway.checkTrail()
        }
    }

    @Test("are 429 once five of one call are open, and that is on record", arguments: TestStore.allCases)
    func tooMany(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            for number in 0..<5 { _ = try await gateway.invoke("req-\(number)", "fs.write", self.arguments) }
            let refusal = await #expect(throws: GatewayRefusal.self) {
                try await gateway.invoke("req-5", "fs.write", self.arguments)
            }
            #expect(refusal?.reason == .tooManyApprovals)
            #expect(refusal?.isRecorded == true)
            #expect(try await gateway.event("req-5")?.decision == "APPROVAL_REQUIRED")
            try await gateway.checkTrail()
        }
    }

    @Test("get their yes back only when nothing was sent", arguments: TestStore.allCases)
    func givenBack(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let token = try await gateway.invoke("req-1", "fs.write", self.arguments).approvalToken
            try await gateway.approve(token)
            let refused = ToolFailure(.toolError, "the tool server cannot be reached", httpStatus: 502, mayHaveRun: false)
            gateway.tool.answer { _ in .failure(refused) }
            let unsent = try await gateway.invoke("req-2", "fs.write", self.arguments, token: token)
            #expect(unsent.decision == .allow)
            #expect(unsent.result == nil)
            #expect(try await gateway.event("req-2")?.executionStatus == "TOOL_ERROR")
            #expect(try await gateway.invoke("req-3", "fs.write", self.arguments, token: token).result == nil)
            gateway.tool.answer { _ in
                .failure(ToolFailure(.timeout, "the tool server did not answer in time", httpStatus: 504, mayHaveRun: true))
            }
            let late = try await gateway.invoke("req-4", "fs.write", self.arguments, token: token)
            #expect(late.decision == .allow)
            #expect(late.result == nil)
            // It may have run, so the yes is gone.
            gateway.tool.answer { _ in .success([:]) }
            let again = try await gateway.invoke("req-5", "fs.write", self.arguments, token: token)
            #expect(again.decision == .approvalRequired)
            #expect(gateway.tool.calls.count == 3)
            try await gateway.checkTrail()
        }
    }

    @Test("withhold an output until somebody agrees, and hand it over once without running again", arguments: TestStore.allCases)
    func outputs(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            gateway.tool.answer { _ in .success(["text": "this is confidential, canary-99"]) }
            let held = try await gateway.invoke("req-1", "mail.list")
            #expect(held.decision == .allow)
            #expect(held.outputDecision == .approvalRequired)
            #expect(held.result == nil)
            let token = try #require(held.approvalToken)
            let event = try #require(try await gateway.event("req-1"))
            #expect(event.executionStatus == "SUCCESS")
            #expect(event.outputDecision == "APPROVAL_REQUIRED")
            #expect(!String(decoding: event.json.compactBytes(), as: UTF8.self).contains("canary"))
            let early = try await gateway.invoke("req-2", "mail.list", token: token)
            #expect(early.decision == .deny)
            #expect(try await gateway.event("req-2")?.matchedPolicyRule == "invalid-output-approval-token")
            try await gateway.approve(token)
            let released = try await gateway.invoke("req-3", "mail.list", token: token)
            #expect(released.result == ["text": "this is confidential, canary-99"])
            #expect(try await gateway.event("req-3")?.executionStatus == "APPROVED_OUTPUT_RELEASE")
            #expect(try await gateway.event("req-3")?.approverID == "ada")
            #expect(try await gateway.event("req-3")?.outputHash == event.outputHash)
            for bad in [token, "nonsense", String(repeating: "A", count: 43)] {
                let result = try await gateway.invoke("bad-\(bad.prefix(5))-\(bad.count)", "mail.list", token: bad)
                #expect(result.decision == .deny)
                #expect(result.result == nil)
            }
            #expect(gateway.tool.calls.count == 1)
            try await gateway.checkTrail()
        }
    }

    @Test("of both kinds go by what the token is for", arguments: TestStore.allCases)
    func both(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            gateway.tool.answer { _ in .success(["text": "confidential"]) }
            let first = try await gateway.invoke("req-1", "fs.write", self.arguments).approvalToken
            try await gateway.approve(first)
            let held = try await gateway.invoke("req-2", "fs.write", self.arguments, token: first)
            #expect(held.outputDecision == .approvalRequired)
            try await gateway.approve(held.approvalToken)
            let released = try await gateway.invoke("req-3", "fs.write", self.arguments, token: held.approvalToken)
            #expect(released.result == ["text": "confidential"])
            #expect(gateway.tool.calls.count == 1)
            try await gateway.checkTrail()
        }
    }

    @Test("redact and drop outputs as the policy says", arguments: TestStore.allCases)
    func outputRules(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            gateway.tool.answer { _ in .success(["from": "ada@corp.example"]) }
            let redacted = try await gateway.invoke("req-1", "mail.list")
            #expect(redacted.outputDecision == .redact)
            #expect(redacted.result == ["from": "[REDACTED_EMAIL]"])
            gateway.tool.answer { _ in .success(["text": "TOP SECRET"]) }
            let dropped = try await gateway.invoke("req-2", "mail.list")
            #expect(dropped.outputDecision == .deny)
            #expect(dropped.result == nil)
            #expect(dropped.decision == .allow)
            try await gateway.checkTrail()
        }
    }

    @Test("are asked for again when another caller comes with the token", arguments: TestStore.allCases)
    func otherCaller(_ store: TestStore) async throws {
        try await GatewayFixture.with(store) { gateway in
            let token = try await gateway.invoke("req-1", "fs.write", self.arguments).approvalToken
            try await gateway.approve(token)
            let stolen = try await gateway.invoke(
                "req-2", "fs.write", self.arguments, token: token, by: GatewayFixture.admin)
            #expect(stolen.decision == .approvalRequired)
            #expect(gateway.tool.calls.isEmpty)
            #expect(try await gateway.invoke("req-3", "fs.write", self.arguments, token: token).decision == .allow)
        }
    }
}
