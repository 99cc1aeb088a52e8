import Approval
import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import StrictJSON
import Testing

@Suite("Executing tools")
struct ExecuteTests {
    typealias Fixture = ConsoleFixture

    @Test("runs a built-in tool by policy, and records who called it", arguments: TestStore.allCases)
    func builtIn(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { console in
            let answer = try await console.execute("1", ["parameters": ["path": "a", "mail": "x@example.org"]])
            #expect(answer.status == .ok)
            #expect(
                try answer.json == [
                    "tool_id": "1", "status": "completed", "message": "Tool 'works' executed successfully",
                    "result": [
                        "executed_with_parameters": ["path": "a", "mail": "[REDACTED_EMAIL]"], "tool_name": "works",
                        "done": true,
                    ],
                ])
            #expect(console.works.runs == [["path": "a", "mail": "[REDACTED_EMAIL]"]])
            #expect(try await console.execute("1", headers: Fixture.ada, from: Fixture.remote).status == .ok)
            #expect(
                try await console.events() == [
                    "anonymous builtin builtin.works ALLOW SUCCESS", "ada builtin builtin.works ALLOW SUCCESS",
                ])
        }
    }

    static let bodies: [JSONValue?] = [nil, [:], ["parameters": .null], ["parameters": [:]], ["unknown": 1]]

    @Test("needs no body, and no parameters in it", arguments: bodies.indices)
    func takesBody(_ index: Int) async throws {
        try await Fixture.with(.sqlite) { console in
            let answer = try await console.execute("1", Self.bodies[index])
            #expect(answer.status == .ok)
            #expect(console.works.runs == [[:]])
        }
    }

    @Test("needs a key from anywhere but the machine of the server", arguments: TestStore.allCases)
    func remote(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { console in
            let bodies = try await [
                console.execute("1", from: Fixture.remote), console.execute("nowhere", from: Fixture.remote),
                console.execute("3", from: Fixture.remote), console.execute("files", ["tool": "fs.read"], from: Fixture.remote),
                console.execute("1", headers: [.origin: "https://evil.example"]),
                console.execute("1", headers: [Fixture.keyHeader: "wrong"]),
            ]
            for answer in bodies { #expect(answer.status == .unauthorized) }
            #expect(console.works.runs.isEmpty)
            #expect(console.limits.charged.isEmpty)
            #expect(try await console.events() == [])
        }
    }

    @Test("says which tool is not there, or disabled, and counts both", arguments: TestStore.allCases)
    func absent(_ kind: TestStore) async throws {
        try await Fixture.with(kind, budget: ["tool-execute": 2]) { console in
            let missing = try await console.execute("999")
            #expect(missing.status == .notFound)
            #expect(try missing.json["detail"] == "Tool with ID '999' not found")
            let disabled = try await console.execute("3")
            #expect(disabled.status == .badRequest)
            #expect(try disabled.json["detail"] == "Tool 'off' is currently disabled")
            #expect(try await console.execute("1").status == .tooManyRequests)
            #expect(console.off.runs.isEmpty && console.works.runs.isEmpty)
        }
    }

    @Test("runs a tool of a server for a caller with a key only", arguments: TestStore.allCases)
    func server(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { console in
            let answer = try await console.execute("files", ["tool": "fs.read"], headers: Fixture.ada)
            #expect(answer.status == .ok)
            #expect(
                try answer.json["result"] == [
                    "executed_with_parameters": [:], "tool_name": "fs.read", "server": "files", "tool": "fs.read",
                ])
            let anonymous = try await console.execute("files", ["tool": "fs.read"])
            #expect(anonymous.status == .unauthorized)
            #expect(anonymous.headers[.age] == nil)
            #expect(try await console.execute("files", headers: Fixture.ada).status == .unprocessableContent)
            #expect(try await console.execute("files", ["tool": "a b"], headers: Fixture.ada).status == .unprocessableContent)
            let denied = try await console.execute("files", ["tool": "fs.write"], headers: Fixture.ada)
            #expect(denied.status == .forbidden)
            #expect(try denied.json["detail"]?.stringValue?.isEmpty == false)
            let disguised = try await console.execute("files", ["tool": "builtin.works"], headers: Fixture.ada)
            #expect(disguised.status == .forbidden, "the rule is about the server, too")
            #expect(console.works.runs.isEmpty)
        }
    }

    @Test("tells of a tool that failed, and records it", arguments: TestStore.allCases)
    func failure(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { console in
            let answer = try await console.execute("2")
            #expect(answer.status == .badGateway)
            #expect(try answer.json["detail"] == "Tool 'fails' failed: the disk is full")
            #expect(try await console.events() == ["anonymous builtin builtin.fails ALLOW TOOL_ERROR"])
        }
    }

    @Test("waits for a person where the policy says so, and runs once after a yes", arguments: TestStore.allCases)
    func approval(_ kind: TestStore) async throws {
        try await Fixture.with(kind) { console in
            let first = try await console.execute("4", ["parameters": ["a": 1]], headers: Fixture.ada)
            #expect(first.status == .accepted)
            #expect(try first.json["status"] == "approval_required")
            let token = try #require(try first.json["approval_token"]?.stringValue)
            #expect(console.asks.runs.isEmpty)
            let early = try await console.execute(
                "4", ["parameters": ["a": 1], "approval_token": .string(token)], headers: Fixture.ada)
            #expect(early.status == .accepted, "nobody has agreed yet")

            let handle = try #require(ApprovalToken(token)?.handle)
            let grace = Caller(id: CallerID(unchecked: "grace"), kind: .gatewayCaller, role: .admin)
            let outcome = try await console.desk.decide(ApprovalReference(handle), .approve, by: grace)
            guard case .recorded = outcome else {
                Issue.record("not approved: \(outcome)")
                return
            }
            let done = try await console.execute(
                "4", ["parameters": ["a": 1], "approval_token": .string(token)], headers: Fixture.ada)
            #expect(done.status == .ok)
            #expect(console.asks.runs == [["a": 1]])
            let again = try await console.execute(
                "4", ["parameters": ["a": 1], "approval_token": .string(token)], headers: Fixture.ada)
            #expect(again.status == .accepted)
            #expect(console.asks.runs.count == 1)
        }
    }
}
