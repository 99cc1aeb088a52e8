import Cryptography
import DatabaseTestSupport
import Foundation
import OutboundTestSupport
import PolicyTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Calls of tools over HTTP")
struct InvokeTests {
    @Test("S3-4, S3-5, S3-23: run as judged, signed, and are answered as older clients expect", arguments: TestStore.allCases)
    func allowed(on store: TestStore) async throws {
        try await ToolPlace.with(on: store, script: { _, _ in httpAnswer(#"{"text":"ask bob@corp.example"}"#) }) { place in
            let keys = try await place.server.place.seed()
            let answer = try await place.invoke("fs.read", ["path": "/data/a.csv"], key: keys.agent, id: "req-1")
            #expect(answer.status == 200)
            let json = try answer.json()
            #expect(
                Set(try #require(json.objectValue?.keys)) == [
                    "request_id", "decision", "result", "sanitized_args", "approval_token", "policy_explanation",
                    "output_decision", "output_policy_explanation", "risk_labels", "latency_ms",
                ])
            #expect(json["request_id"] == "req-1")
            #expect(json["decision"] == "ALLOW")
            #expect(json["result"] == ["text": "ask [REDACTED_EMAIL]"])
            #expect(json["sanitized_args"] == ["path": "/data/a.csv"])
            #expect(json["output_decision"] == "REDACT")
            let request = try #require(place.tools.requests.first)
            #expect(request.hasPrefix("POST /tools/fs.read HTTP/1.1\r\n"))
            let body = #"{"path": "/data/a.csv"}"#
            #expect(request.hasSuffix("\r\n\r\n\(body)"))
            func field(_ name: String) throws -> String {
                let line = request.split(separator: "\r\n").first { $0.hasPrefix("X-MCP-Gateway-\(name): ") }
                return String(try #require(line).split(separator: ": ", maxSplits: 1)[1])
            }
            let lines = [
                try field("Timestamp"), "req-1", "dev-agent", "default", "fs.read", SHA256.hash(body.utf8).hex,
            ]
            let code = try HMACSHA256(key: SecretBytes("shared-secret".utf8)).code(for: lines.joined(separator: "\n").utf8)
            #expect(try field("Signature") == code.hex)
            let drawn = try await place.invoke("fs.read", ["path": "/data/a.csv"], key: keys.agent).string("request_id")
            let form = #/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
            #expect(drawn.wholeMatch(of: form) != nil, "\(drawn)")
            let events = try await place.server.client.send("GET", "/v1/audit/req-1", key: keys.admin).json()
            #expect(events["execution_status"] == "SUCCESS")
            #expect(events["raw_args_hash"]?.stringValue == SHA256.hash(body.utf8).hex)
        }
    }

    @Test("take the key from body, header or bearer, and 401 is the same for all that is none", arguments: TestStore.allCases)
    func credentials(on store: TestStore) async throws {
        try await ToolPlace.with(on: store) { place in
            let keys = try await place.server.place.seed()
            let call = #""tool_call":{"server":"files","tool":"fs.read","arguments":{"path":"/data/a"}}"#
            let plain = #"{"caller_id":"x","environment":"dev",\#(call)}"#
            for header in ["X-API-Key: \(keys.agent)", "Authorization: Bearer \(keys.agent)"] {
                let answer = try await place.server.client.send("POST", "/v1/gateway/invoke", fields: [header], body: plain)
                #expect(try answer.string("decision") == "ALLOW", "\(answer.text)")
            }
            var bodies: Set<String> = []
            for key in ["", "nonsense", "gth_" + String(repeating: "A", count: 46), "' OR '1'='1"] {
                let body = #"{"caller_id":"x","api_key":"\#(key)","environment":"dev",\#(call)}"#
                let answer = try await place.server.client.send(
                    "POST", "/v1/gateway/invoke", fields: ["X-Request-ID: same"], body: body)
                #expect(answer.status == 401)
                bodies.insert(answer.text)
            }
            let none = try await place.server.client.send(
                "POST", "/v1/gateway/invoke", fields: ["X-Request-ID: same"], body: plain)
            #expect(none.status == 401)
            bodies.insert(none.text)
            #expect(bodies.count == 1)
            #expect(place.tools.requests.count == 2)
            #expect(try await place.attempts() == 7)
        }
    }

    @Test("that are no calls are 422 with the field and the rule, and leave one record", arguments: TestStore.allCases)
    func envelope(on store: TestStore) async throws {
        try await ToolPlace.with(on: store) { place in
            let keys = try await place.server.place.seed()
            func send(_ members: String) async throws -> HTTPAnswer {
                let body = #"{"api_key":"\#(keys.agent)",\#(members)}"#
                return try await place.server.client.send("POST", "/v1/gateway/invoke", body: body)
            }
            let good = #""caller_id":"x","environment":"dev""#
            let call = #""tool_call":{"server":"files","tool":"fs.read","arguments":{"path":"/data/a"}}"#
            let cases = [
                ("\(good)", "tool_call"), (#""environment":"dev",\#(call)"#, "caller_id"),
                (#""caller_id":"x","environment":"moon",\#(call)"#, "environment"),
                (#"\#(good),"tool_call":{"server":"files","tool":"","arguments":{}}"#, "tool_call.tool must be non-empty"),
                (#"\#(good),"tool_call":{"server":" ","tool":"fs.read","arguments":{}}"#, "tool_call.server must be non-empty"),
                (#"\#(good),"tool_call":{"server":"files","tool":"../x","arguments":{}}"#, "tool_call.tool"),
                (#"\#(good),"tool_call":{"server":"files","tool":"fs.read","arguments":[]}"#, "arguments"),
                (#"\#(good),"request_id":"a b",\#(call)"#, "request_id"),
                (#"\#(good),"request_id":"",\#(call)"#, "request_id"),
                (
                    #"\#(good),"tool_call":{"server":"files","tool":"fs.read","arguments":{"path":7}}"#,
                    "Tool schema validation failed"
                ),
            ]
            for (members, word) in cases {
                let answer = try await send(members)
                #expect(answer.status == 422, "\(members): \(answer.text)")
                #expect(try answer.string("detail").contains(word), "\(members): \(answer.text)")
                #expect(try answer.json()["errors"]?.arrayValue?.isEmpty == false)
            }
            let large = try await send(#""caller_id":"\#(String(repeating: "x", count: 2 << 20))""#)
            #expect(large.status == 413)
            #expect(try await place.attempts() == cases.count + 1)
            #expect(place.tools.requests.isEmpty)
        }
    }

    @Test("no payload gets through, none crashes the server, and each leaves exactly one record", arguments: TestStore.allCases)
    func attacks(on store: TestStore) async throws {
        // The file of development is the milder one.
        try await ToolPlace.with(on: store, settings: ["ENVIRONMENT": "prod"]) { place in
            let callers = try await Self.callers(of: SampleCalls.attacks, in: place)
            #expect(SampleCalls.attacks.count >= 400)
            for (number, attack) in SampleCalls.attacks.enumerated() {
                let key = try #require(callers[Self.name(of: attack)])
                let answer = try await place.server.client.send(
                    "POST", "/v1/gateway/invoke", body: attack.body(callerID: "attacker", key: key, server: "files"))
                switch answer.status {
                case 200: #expect(try answer.string("decision") == "DENY", "\(attack): \(answer.text)")
                case 401, 413, 422: break
                default: Issue.record("\(attack): \(answer.status) \(answer.text)")
                }
                // Counting each time would take most of the time.
                guard number % 50 == 49 else { continue }
                #expect(try await place.attempts() == number + 1, "up to \(attack)")
            }
            #expect(try await place.attempts() == SampleCalls.attacks.count)
            #expect(place.tools.requests.isEmpty)
            #expect(try await place.server.client.send("GET", "/livez").status == 200)
        }
    }

    @Test("everyday calls are made, and what needs a person is asked for", arguments: TestStore.allCases)
    func benign(on store: TestStore) async throws {
        try await ToolPlace.with(on: store, settings: ["ENVIRONMENT": "prod"]) { place in
            let callers = try await Self.callers(of: SampleCalls.benign, in: place)
            #expect(SampleCalls.benign.count >= 200)
            var ran = 0
            for sample in SampleCalls.benign {
                let key = try #require(callers[Self.name(of: sample)])
                let answer = try await place.server.client.send(
                    "POST", "/v1/gateway/invoke", body: sample.body(callerID: "agent", key: key, server: "files"))
                #expect(answer.status == 200, "\(sample): \(answer.text)")
                let decision = try answer.string("decision")
                #expect(decision == "ALLOW" || decision == "APPROVAL_REQUIRED", "\(sample): \(answer.text)")
                if decision == "ALLOW" { ran += 1 }
            }
            #expect(place.tools.requests.count == ran)
            #expect(try await place.attempts() == SampleCalls.benign.count)
        }
    }

    private static func name(of sample: SampleCall) -> String {
        "\(sample.role)-\(sample.environment)-\(sample.trustLevel)"
    }

    private static func callers(of samples: [SampleCall], in place: ToolPlace) async throws -> [String: String] {
        _ = try await place.server.place.seed()
        var keys: [String: String] = [:]
        for sample in samples where keys[Self.name(of: sample)] == nil {
            keys[Self.name(of: sample)] = try await place.makeCaller(
                Self.name(of: sample), role: sample.role, environment: sample.environment, trust: sample.trustLevel)
        }
        return keys
    }
}
