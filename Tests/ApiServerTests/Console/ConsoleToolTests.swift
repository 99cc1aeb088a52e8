import DatabaseTestSupport
import Foundation
import OutboundTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Tools of the console")
struct ConsoleToolTests {
    @Test("are listed: three without a tool server, and the servers behind them", arguments: TestStore.allCases)
    func list(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            for path in ["/api/tools/", "/api/tools"] {
                let answer = try await server.client.send("GET", path)
                #expect(answer.status == 200)
                #expect(try answer.json()["total"] == 3)
                let tools = try #require(try answer.json()["tools"]?.arrayValue)
                #expect(tools.compactMap { $0["name"]?.stringValue } == ["health_check", "disk_cleanup", "log_collector"])
                #expect(tools.map { $0["enabled"] } == [true, true, false])
            }
            let missing = try await server.client.send("GET", "/api/tools/999")
            #expect(missing.status == 404)
            #expect(try missing.string("detail") == "Tool with ID '999' not found")
        }
        try await ToolPlace.with(on: store) { place in
            let answer = try await place.server.client.send("GET", "/api/tools/")
            #expect(try answer.json()["total"] == 4)
            #expect(try await place.server.client.send("GET", "/api/tools/files").status == 200)
        }
    }

    @Test("run for whoever is on the machine, and stand in the audit trail", arguments: TestStore.allCases)
    func execute(on store: TestStore) async throws {
        let settings = ["POLICY_DIR": shippedPolicies, "RATE_LIMIT_ENABLED": "false"]
        try await withServer(on: store, settings: settings) { server in
            let answer = try await server.client.send("POST", "/api/tools/1/execute")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try answer.string("status") == "completed")
            let result = try answer.json()["result"]
            #expect(result?["tool_name"] == "health_check")
            #expect(result?["executed_with_parameters"] == [:])
            #expect(result?["checks"]?["database"] == "healthy")

            for body in ["{}", "null", #"{"parameters":null}"#] {
                #expect(try await server.client.send("POST", "/api/tools/1/execute", body: body).status == 200, "\(body)")
            }
            let disabled = try await server.client.send("POST", "/api/tools/3/execute", body: "{}")
            #expect(disabled.status == 400)
            #expect(try disabled.string("detail") == "Tool 'log_collector' is currently disabled")
            #expect(try await server.client.send("POST", "/api/tools/999/execute", body: "{}").status == 404)

            let remote = ["X-Forwarded-For: 203.0.113.1"]
            #expect(try await server.client.send("POST", "/api/tools/1/execute", fields: remote).status == 401)
            let page = ["Origin: https://evil.example"]
            #expect(try await server.client.send("POST", "/api/tools/1/execute", fields: page).status == 401)
            let user = try await server.makeUser()
            let known = try await server.client.send(
                "POST", "/api/tools/2/execute", fields: remote, key: user.key, body: #"{"parameters":{"dry_run":true}}"#)
            #expect(known.status == 200, "\(known.text)")
            #expect(try known.json()["result"]?["executed_with_parameters"] == ["dry_run": true])

            let rows = try await server.place.query(
                "SELECT caller_id, mcp_server, tool_name, decision, execution_status FROM audit_events ORDER BY timestamp")
            #expect(
                rows == Array(repeating: "anonymous|builtin|builtin.health_check|ALLOW|SUCCESS", count: 4) + [
                    "\(user.id)|builtin|builtin.disk_cleanup|ALLOW|SUCCESS"
                ])
        }
    }

    @Test("are denied where no policy allows them", arguments: TestStore.allCases)
    func denied(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let answer = try await server.client.send("POST", "/api/tools/1/execute")
            #expect(answer.status == 403)
            #expect(try answer.string("detail").contains("deny-all-default"))
        }
    }

    @Test("clean the folder of the server", arguments: TestStore.allCases)
    func cleanup(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            let folder = "\(place.folder)/var/tmp"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = "\(folder)/gatehouse-left.tmp"
            try Data(repeating: 1, count: 5).write(to: URL(filePath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -100_000)], ofItemAtPath: path)
            try await withServer(in: place, settings: ["POLICY_DIR": shippedPolicies]) { server in
                let answer = try await server.client.send("POST", "/api/tools/2/execute")
                #expect(try answer.json()["result"]?["files_removed"] == 1, "\(answer.text)")
                #expect(try answer.json()["result"]?["bytes_freed"] == 5)
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }

    @Test("collect the log for administrators where that is enabled, without secrets", arguments: TestStore.allCases)
    func logs(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            let settings = ["POLICY_DIR": shippedPolicies, "TOOL_LOG_COLLECTOR_ENABLED": "true"]
            try await withServer(in: place, settings: settings) { server in
                let keys = try await place.seed()
                #expect(try await server.client.send("POST", "/api/tools/3/execute").status == 403)
                #expect(try await server.client.send("POST", "/api/tools/3/execute", key: keys.agent).status == 403)
                let answer = try await server.client.send("POST", "/api/tools/3/execute", key: keys.admin)
                #expect(answer.status == 200, "\(answer.text)")
                let lines = try #require(try answer.json()["result"]?["lines"]?.arrayValue)
                #expect(lines.contains { $0.stringValue?.contains("listening") == true })
            }
        }
    }

    @Test("run on tool servers for callers with a key, by policy", arguments: TestStore.allCases)
    func servers(on store: TestStore) async throws {
        try await ToolPlace.with(on: store) { place in
            let keys = try await place.server.place.seed()
            let body = #"{"tool":"fs.read","parameters":{"path":"/data/a.csv"}}"#
            let answer = try await place.server.client.send("POST", "/api/tools/files/execute", key: keys.agent, body: body)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try answer.json()["result"]?["ok"] == true)
            #expect(place.tools.requests.count == 1)
            #expect(try await place.server.client.send("POST", "/api/tools/files/execute", body: body).status == 401)
            let other = #"{"tool":"fs.read","parameters":{"path":"/etc/shadow"}}"#
            #expect(
                try await place.server.client.send("POST", "/api/tools/files/execute", key: keys.agent, body: other).status == 403
            )
            #expect(place.tools.requests.count == 1)
        }
    }

    @Test("refuse a tool server with the name of the built-in ones at start")
    func reserved() async throws {
        try await withTemporaryDirectory { folder in
            let settings = ["MCP_SERVER_BASE_URLS": #"{"builtin":"http://127.0.0.1:1"}"#]
            let result = try await Programs.apiServer("check-config", in: folder, settings: settings)
            #expect(result.termination == .exited(78))
            #expect(result.standardError.text.contains("MCP_SERVER_BASE_URLS"))
        }
    }
}
