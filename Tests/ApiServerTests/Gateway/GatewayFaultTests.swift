import DatabaseTestSupport
import Foundation
import OutboundTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Calls of tools when something fails")
struct GatewayFaultTests {
    @Test("S3-12, S3-14 to S3-16, S3-21: wait for a person over HTTP, and run once", arguments: TestStore.allCases)
    func approval(on store: TestStore) async throws {
        try await ToolPlace.with(on: store) { place in
            let keys = try await place.server.place.seed()
            let agent = try await place.makeCaller("prod-agent", role: "developer", environment: "prod")
            let session = try await place.server.signIn(keys.admin)
            let arguments: JSONValue = ["path": "/data/output/a.csv", "content": "x"]
            let asked = try await place.invoke("fs.write", arguments, key: agent)
            #expect(try asked.string("decision") == "APPROVAL_REQUIRED")
            let token = try asked.string("approval_token")
            let listed = try await place.server.client.send("GET", "/v1/approvals/?status=PENDING", fields: [session])
            let handle = try #require(try listed.json()[0]?["token"]?.stringValue)
            #expect(handle != token)
            // What a list shows spends nothing.
            #expect(
                try await place.invoke("fs.write", arguments, key: agent, token: handle).string("decision") == "APPROVAL_REQUIRED"
            )
            let approved = try await place.server.client.send(
                "POST", "/v1/approvals/\(handle)/approve?note=fine", fields: [session])
            #expect(approved.status == 200, "\(approved.text)")
            let again = try await place.server.client.send("POST", "/v1/approvals/\(handle)/deny", fields: [session])
            #expect(again.status == 409)
            let done = try await place.invoke("fs.write", arguments, key: agent, id: "req-done", token: token)
            #expect(try done.string("decision") == "ALLOW", "\(done.text)")
            #expect(
                try await place.invoke("fs.write", arguments, key: agent, token: token).string("decision") == "APPROVAL_REQUIRED")
            #expect(place.tools.requests.count == 1)
            let event = try await place.server.client.send("GET", "/v1/audit/req-done", fields: [session]).json()
            #expect(event["approver_id"] == "dashboard-admin")
            #expect(try await !place.server.place.dump().contains(token))
            #expect(!place.server.log.contains(token))
        }
    }

    @Test("end as what they are when the tool server misbehaves", arguments: TestStore.allCases)
    func misbehaviour(on store: TestStore) async throws {
        let scripts: [(String, [ScriptedStep], String)] = [
            ("500", httpAnswer("{}", status: "500 Internal Server Error"), "TOOL_ERROR"),
            ("302", httpAnswer("", status: "302 Found", fields: "Location: http://127.0.0.1:1/\r\n"), "TOOL_ERROR"),
            ("hang", [], "TIMEOUT"),
            (
                "gigabyte", [.write("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"), .writeForever("xxxxxxxx")],
                "TOOL_ERROR"
            ),
            (
                "endless",
                [
                    .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                    .writeForever("10000\r\n" + String(repeating: "x", count: 0x10000) + "\r\n"),
                ],
                "TOOL_ERROR"
            ),
            ("garbage", [.write("nonsense\r\n\r\n"), .close], "TOOL_ERROR"),
            ("no JSON", httpAnswer("<html>"), "TOOL_ERROR"),
            ("gone", [.close], "TOOL_ERROR"),
        ]
        // Only the one that hangs may take this long, on a busy machine too.
        let settings = ["MCP_TOOL_TIMEOUT_SECONDS": "8"]
        try await ToolPlace.with(
            on: store, settings: settings, script: { number, _ in scripts[min(number, scripts.count) - 1].1 }
        ) { place in
            let keys = try await place.server.place.seed()
            for (number, (name, _, status)) in scripts.enumerated() {
                let answer = try await place.invoke("fs.read", ["path": "/data/a"], key: keys.agent, id: "req-\(number)")
                #expect(answer.status == 200, "\(name): \(answer.text)")
                #expect(try answer.string("decision") == "ALLOW", "\(name)")
                #expect(try answer.json()["result"] == .null, "\(name)")
                let event = try await place.server.client.send("GET", "/v1/audit/req-\(number)", key: keys.admin).json()
                #expect(event["execution_status"]?.stringValue == status, "\(name): \(event)")
            }
            let unknown = try await place.server.client.send(
                "POST", "/v1/gateway/invoke",
                body: #"""
                    {"caller_id":"x","api_key":"\#(keys.agent)","environment":"dev","request_id":"req-unknown",
                    "tool_call":{"server":"nowhere","tool":"fs.read","arguments":{"path":"/data/a"}}}
                    """#)
            #expect(try unknown.json()["result"] == .null)
            #expect(try await place.server.place.query("SELECT COUNT(*) FROM audit_open_requests") == ["0"])
            // Nothing was sent twice.
            #expect(place.tools.requests.count == scripts.count)
        }
    }

    @Test("end as unknown when the server is killed while the tool works, and are not sent again", arguments: TestStore.allCases)
    func killed(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            try await ToolPlace.with(in: place, script: { _, _ in [] }) { tool in
                let keys = try await place.seed()
                let call = Task { try await tool.invoke("fs.read", ["path": "/data/a"], key: keys.agent, id: "req-1") }
                for _ in 0..<1_000 where tool.tools.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                #expect(tool.tools.requests.count == 1)
                tool.server.child.send(signal: SIGKILL)
                _ = await call.result
                _ = try await tool.server.child.waitForExit(within: .seconds(20))
            }
            try await ToolPlace.with(in: place) { tool in
                for _ in 0..<2_000 {
                    if try await place.query("SELECT COUNT(*) FROM audit_events WHERE request_id = 'req-1'") == ["1"] { break }
                    try await Task.sleep(for: .milliseconds(20))
                }
                let rows = try await place.query(
                    "SELECT execution_status, tool_name, decision FROM audit_events WHERE request_id = 'req-1'")
                #expect(rows == ["UNKNOWN|fs.read|ALLOW"])
                #expect(tool.tools.requests.isEmpty)
            }
        }
    }

    @Test("are denied where there are no policy files, and a bad policy does not let the server start")
    func policies() async throws {
        try await ToolPlace.with(on: .sqlite, settings: ["POLICY_DIR": ""]) { place in
            let keys = try await place.server.place.seed()
            #expect(try await place.invoke("fs.read", ["path": "/data/a"], key: keys.agent).string("decision") == "DENY")
        }
        try await withTemporaryDirectory { folder in
            try Data("version: \"1.0\"\nname: x\nrules:\n  - {name: a, tools: [\"*\"], decison: ALLOW}\n".utf8)
                .write(to: URL(filePath: "\(folder)/default.yaml"))
            let checked = try await Programs.apiServer("policy", "check", "default.yaml", in: folder)
            #expect(checked.termination == .exited(1))
            #expect(checked.standardError.text.contains("default.yaml:4:"))
            #expect(checked.standardError.text.contains("decison"))
            let started = try await runProcess(
                Programs.apiServer, arguments: ["--port", "0"], environment: Programs.environment(["POLICY_DIR": folder]),
                workingDirectory: folder)
            #expect(started.termination == .exited(78))
            #expect(started.standardError.text.contains("decison"))
        }
    }

    @Test("are judged by a changed policy within seconds, and by the last good one while the files are broken")
    func reload() async throws {
        try await withTemporaryDirectory { folder in
            func write(_ text: String) throws {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/default.yaml"), options: .atomic)
            }
            func policy(_ decision: String) -> String {
                "version: \"1.0\"\nname: x\nrules:\n  - {name: a, tools: [\"fs.read\"], decision: \(decision)}\n"
            }
            try write(policy("ALLOW"))
            try await ToolPlace.with(on: .sqlite, settings: ["POLICY_DIR": folder]) { place in
                let keys = try await place.server.place.seed()
                func decision() async throws -> String {
                    try await place.invoke("fs.read", ["path": "/data/a"], key: keys.agent).string("decision")
                }
                #expect(try await decision() == "ALLOW")
                try write(policy("NEVER"))
                for _ in 0..<500 where !place.server.log.contains("policy not taken up") {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(try await decision() == "ALLOW")
                let health = try await place.server.client.send("GET", "/health").json()
                #expect(health["checks"]?["policy"]?.stringValue != "healthy")
                try write(policy("DENY"))
                for _ in 0..<500 where !place.server.log.contains("policy taken up") {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(try await decision() == "DENY")
                #expect(try await place.server.client.send("GET", "/metrics").text.contains("gatehouse_policy_reloads_total 1.0"))
            }
        }
    }
}
