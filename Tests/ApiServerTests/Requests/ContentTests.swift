import ContentScreeningTestSupport
import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Texts at the running server")
struct ContentTests {
    private static let settings = ["RATE_LIMIT_ENABLED": "false"]

    /// A trace with some members in place of the usual ones.
    static func trace(_ members: [(String, JSONValue)]) -> String {
        var all: [(String, JSONValue)] = [("title", "t"), ("context_text", "c"), ("solution_text", "s")]
        all.removeAll { member in members.contains { $0.0 == member.0 } }
        return JSONValue.object(JSONObject(all + members)).description
    }

    @Test("are refused as the older system refused them, and pass as they passed there", arguments: TestStore.allCases)
    func contract(on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.settings) { server in
            let user = try await server.makeUser()
            for line in ContractLine.flagged + ContractLine.passed {
                let body = Self.trace([("solution_text", .string(line.text(seed: 2)))])
                let answer = try await server.client.send("POST", "/api/v1/traces", key: user.key, body: body)
                guard let type = line.type else {
                    #expect(answer.status == 202, "\(line.template): \(answer.text)")
                    continue
                }
                #expect(answer.status == 422, "\(line.template)")
                #expect(try answer.string("detail").hasPrefix("Content rejected: "), "\(line.template)")
                #expect(try answer.string("detail").contains(type), "\(line.template)")
            }
            #expect(try await server.place.query("SELECT count(*) FROM traces") == ["\(ContractLine.passed.count)"])
        }
    }

    @Test("consume the limit when they are refused; beyond it they are not looked at", arguments: TestStore.allCases)
    func limit(on store: TestStore) async throws {
        let settings = ["RATE_LIMIT_WRITE_PER_MINUTE": "2", "RATE_LIMIT_KEY_CREATION": "3/hour"]
        try await withServer(on: store, settings: settings) { server in
            let user = try await server.makeUser()
            let canary = JSONValue.string(Canary(seed: 1).secret)
            let body = Self.trace([("title", canary)])
            let trace = { (key: String?) in
                try await server.client.send("POST", "/api/v1/traces", key: key, body: body).status
            }
            #expect(try await trace(nil) == 401)
            #expect(try await trace("wrong") == 401)
            let statuses = [try await trace(user.key), try await trace(user.key), try await trace(user.key)]
            #expect(statuses == [422, 422, 429])
            let name = JSONValue.object(JSONObject([("display_name", canary)])).description
            var names: [Int] = []
            for _ in 0..<3 { names.append(try await server.client.send("POST", "/api/v1/keys", body: name).status) }
            #expect(names == [422, 422, 429])
            let lines = try await server.client.send("GET", "/metrics").text.split(separator: "\n").map(String.init)
            for line in [
                #"gatehouse_content_findings_total{action="blocked",group="compatible",type="AWS Access Key"} 4.0"#,
                #"gatehouse_content_screenings_total{outcome="refused"} 4.0"#,
                #"gatehouse_content_screenings_total{outcome="admitted"} 1.0"#,
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            #expect(try await server.place.query("SELECT count(*) FROM users") == ["1"])
        }
    }

    @Test("are judged by the mode that SECRET_SCAN_MODE names; compatible is the default")
    func modes() async throws {
        for (mode, status) in [(nil, 422), ("compatible", 422), ("default", 202)] as [(String?, Int)] {
            var settings = Self.settings
            settings["SECRET_SCAN_MODE"] = mode
            try await withServer(settings: settings) { server in
                let user = try await server.makeUser()
                let digest = "sha = \"" + String(repeating: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", count: 2) + "\""
                let body = Self.trace([("solution_text", .string(digest))])
                let answer = try await server.client.send("POST", "/api/v1/traces", key: user.key, body: body)
                #expect(answer.status == status, "\(mode ?? "unset"): \(answer.text)")
                let secret = Self.trace([("title", .string(Canary(seed: 1).secret))])
                #expect(try await server.client.send("POST", "/api/v1/traces", key: user.key, body: secret).status == 422)
            }
        }
    }

    @Test("any other mode stops the start with the setting and its values")
    func badMode() async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Programs.apiServer(in: folder, settings: ["SECRET_SCAN_MODE": "strict", "PORT": "0"])
            #expect(result.termination == .exited(78))
            #expect(result.standardError.lines.count == 1)
            #expect(result.standardError.text.contains("SECRET_SCAN_MODE: "))
            #expect(result.standardError.text.contains("allowed: compatible, default"))
        }
    }

    @Test("hold personal data with a warning, and the API description tells of both")
    func warnings() async throws {
        try await withServer { server in
            let user = try await server.makeUser()
            let body = Self.trace([("context_text", "write to anna@corp.de")])
            let answer = try await server.client.send("POST", "/api/v1/traces", key: user.key, body: body)
            #expect(answer.status == 202)
            #expect(try answer.json()["warnings"] == ["Email Address"])
            // An address where one is asked for is no find.
            let registration = try await server.client.send("POST", "/api/v1/keys", body: #"{"email":"jo@corp.de"}"#)
            #expect(registration.status == 201)
            let metrics = try await server.client.send("GET", "/metrics").text
            #expect(metrics.contains(#"{action="reported",group="pii",type="Email Address"} 1.0"#))
            let paths = try await server.client.send("GET", "/openapi.json").json()["paths"]
            for path in ["/api/v1/traces", "/api/v1/keys"] {
                let refusal = paths?[path]?["post"]?["responses"]?["422"]?["description"]?.stringValue
                #expect(refusal?.contains("may be a credential") == true, "\(path)")
            }
        }
    }
}
