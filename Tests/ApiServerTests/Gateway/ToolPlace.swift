import DatabaseTestSupport
import Foundation
import OutboundTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

/// The policy files that ship.
let shippedPolicies = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../policies").standardized
    .path(percentEncoded: false)

/// A server with the shipped policies and a tool server of the test's own.
struct ToolPlace: Sendable {
    let server: RunningServer
    let tools: ScriptedServer

    /// Starts both; the tool server answers each call as the script says.
    static func with<Value>(
        on store: TestStore, settings: [String: String] = [:],
        script: @escaping ScriptedServer.Script = { _, _ in httpAnswer(#"{"ok":true}"#) },
        _ body: (ToolPlace) async throws -> Value
    ) async throws -> Value {
        try await withTestPlace(on: store) { place in
            try await Self.with(in: place, settings: settings, script: script, body)
        }
    }

    static func with<Value>(
        in place: TestPlace, settings: [String: String] = [:],
        script: @escaping ScriptedServer.Script = { _, _ in httpAnswer(#"{"ok":true}"#) },
        _ body: (ToolPlace) async throws -> Value
    ) async throws -> Value {
        try await withScriptedServer(script: script) { tools in
            let own = [
                "POLICY_DIR": shippedPolicies, "MCP_SERVER_BASE_URLS": #"{"files":"http://127.0.0.1:\#(tools.port)"}"#,
                "MCP_SERVER_SHARED_SECRETS": #"{"files":"shared-\#("secret")"}"#, "RATE_LIMIT_ENABLED": "false",
            ]
            return try await withServer(in: place, settings: own.merging(settings) { _, new in new }) { server in
                try await body(ToolPlace(server: server, tools: tools))
            }
        }
    }

    /// Makes a gateway caller, and returns its key.
    func makeCaller(_ name: String, role: String, environment: String, trust: Int = 2) async throws -> String {
        let result = try await Programs.apiServer(
            "keys", "create", "--caller", name, "--role", role, "--trust", "\(trust)", "--environment", environment,
            in: self.server.folder)
        try #require(result.isSuccess, "\(result.standardError.text)")
        return try #require(result.standardOutput.text.firstMatch(of: #/gth_\w{46}/#).map { String($0.0) })
    }

    /// Calls a tool with the key in the body.
    func invoke(
        _ tool: String, _ arguments: JSONValue, key: String, id: String? = nil, token: String? = nil
    ) async throws -> HTTPAnswer {
        var body: JSONObject = [
            "caller_id": "somebody", "api_key": .string(key), "environment": "dev",
            "tool_call": ["server": "files", "tool": .string(tool), "arguments": arguments],
        ]
        if let id { body["request_id"] = .string(id) }
        if let token { body["approval_token"] = .string(token) }
        let text = String(decoding: JSONValue.object(body).compactBytes(), as: UTF8.self)
        return try await self.server.client.send("POST", "/v1/gateway/invoke", body: text)
    }

    /// Records by kind, of those that say what became of an attempt.
    func attempts() async throws -> Int {
        let sql = """
            SELECT COUNT(*) FROM audit_journal
            WHERE kind IN ('refusal', 'outcome') OR (kind = 'decision' AND event_id IS NOT NULL)
            """
        let rows = try await self.server.place.query(sql)
        return try #require(rows.first.flatMap { Int($0) })
    }
}
