import DatabaseTestSupport
import OutboundTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Calls of tools with a language model beside")
struct ModelTests {
    private static let key = "sk-" + "canary-4711"

    private static func answer(_ text: String) -> [ScriptedStep] {
        let choice: JSONValue = ["message": ["role": "assistant", "content": .string(text)], "finish_reason": "stop"]
        let usage: JSONValue = ["prompt_tokens": 200, "completion_tokens": 21]
        return httpAnswer(String(decoding: (["choices": [choice], "usage": usage] as JSONValue).compactBytes(), as: UTF8.self))
    }

    private static func with(
        on store: TestStore, settings: [String: String] = [:], script: @escaping ScriptedServer.Script,
        _ body: (ToolPlace, ScriptedServer) async throws -> Void
    ) async throws {
        try await withScriptedServer(script: script) { model in
            let own = [
                "LLM_BASE_URL": "http://127.0.0.1:\(model.port)/v1", "LLM_API_KEY": Self.key, "LLM_MODEL": "large-70b",
                "LLM_MAX_RETRIES": "0",
            ]
            try await ToolPlace.with(on: store, settings: own.merging(settings) { _, new in new }) { place in
                try await body(place, model)
            }
        }
    }

    @Test("keep its opinion in the trail, count its tokens, and show nobody its key", arguments: TestStore.allCases)
    func asked(on store: TestStore) async throws {
        let high = #"{"risk_labels":["MEDIUM_DATA_EXFIL"],"risk_score":0.7,"explanation":"Reads a customer file."}"#
        let settings = ["RISK_CLASSIFIER_MODEL": "risk-1b", "LOG_LEVEL": "trace"]
        try await Self.with(on: store, settings: settings, script: { _, _ in Self.answer(high) }) { place, model in
            let keys = try await place.server.place.seed()
            let call = try await place.invoke("fs.read", ["path": "/data/customers.csv"], key: keys.agent, id: "req-1")
            #expect(try call.string("decision") == "ALLOW")
            #expect(try call.json()["risk_labels"]?.arrayValue?.contains("MEDIUM_DATA_EXFIL") == true)
            let event = try await place.server.client.send("GET", "/v1/audit/req-1", key: keys.admin).json()
            #expect(event["risk_score"]?.doubleValue == 0.7)
            #expect(event["llm_explanation"] == "Reads a customer file.")
            let request = try #require(model.requests.first)
            #expect(request.hasPrefix("POST /v1/chat/completions HTTP/1.1\r\n"))
            #expect(request.contains("\r\nAuthorization: Bearer \(Self.key)\r\n"))
            #expect(!request.contains(keys.agent))
            let metrics = try await place.server.client.send("GET", "/metrics").text
            #expect(metrics.contains(#"llm_requests_total{model="risk-1b",operation="risk",status="success"} 1.0"#))
            #expect(metrics.contains(#"llm_tokens_total{model="risk-1b",operation="risk"} 221.0"#))
            #expect(!metrics.contains(Self.key))
            #expect(!place.server.log.contains(Self.key))
            #expect(!place.server.log.contains("customers.csv"))
            #expect(try await !place.server.place.dump().contains(Self.key))
            #expect(try await place.invoke("fs.read", ["path": "/etc/shadow"], key: keys.agent).string("decision") == "DENY")
            #expect(model.requests.count == 1)
        }
    }

    @Test("are decided as without it when it is away, fails, hangs or says nonsense", arguments: TestStore.allCases)
    func away(on store: TestStore) async throws {
        let scripts: [[ScriptedStep]] = [
            httpAnswer("", status: "500 Internal Server Error"), [.close], Self.answer("DENY"), httpAnswer("<html>"), [],
        ]
        let settings = ["LLM_TIMEOUT_SECONDS": "1"]
        try await Self.with(
            on: store, settings: settings, script: { number, _ in scripts[min(number, scripts.count) - 1] }
        ) { place, model in
            let keys = try await place.server.place.seed()
            // After five failures it is not asked any more.
            for number in 1...7 {
                let call = try await place.invoke("fs.read", ["path": "/data/a.csv"], key: keys.agent, id: "req-\(number)")
                #expect(call.status == 200)
                #expect(try call.string("decision") == "ALLOW", "\(call.text)")
                #expect(try call.json()["result"] == ["ok": true])
                let event = try await place.server.client.send("GET", "/v1/audit/req-\(number)", key: keys.admin).json()
                #expect(event["llm_explanation"] == .null)
            }
            #expect(model.requests.count == 5)
            #expect(place.tools.requests.count == 7)
            let metrics = try await place.server.client.send("GET", "/metrics").text
            #expect(metrics.contains(#"llm_requests_total{model="large-70b",operation="risk",status="failure"}"#))
        }
        let nobody = ["LLM_BASE_URL": "http://127.0.0.1:\(try FreePort.find())/v1"]
        try await Self.with(on: store, settings: nobody, script: { _, _ in [] }) { place, _ in
            let keys = try await place.server.place.seed()
            let call = try await place.invoke("fs.read", ["path": "/data/a.csv"], key: keys.agent)
            #expect(try call.string("decision") == "ALLOW")
        }
    }

    @Test("need a model's name with its endpoint, and settings that can be used")
    func settings() async throws {
        try await withTemporaryDirectory { folder in
            let cases: [([String: String], String)] = [
                (["LLM_BASE_URL": "https://llm.example.com/v1"], "LLM_MODEL: is not set"),
                (
                    ["LLM_BASE_URL": "https://llm.example.com/v1?x=1", "LLM_MODEL": "m"],
                    "LLM_BASE_URL: the base URL must have no query"
                ),
                (["LLM_BASE_URL": "https://u@llm.example.com/", "LLM_MODEL": "m"], "LLM_BASE_URL: "),
                (["LLM_BASE_URL": "ftp://llm.example.com/", "LLM_MODEL": "m"], "LLM_BASE_URL: "),
                (["LLM_API_KEY": Self.key + " x"], "LLM_API_KEY: "),
                (["LLM_TIMEOUT_SECONDS": "0"], "LLM_TIMEOUT_SECONDS: "),
            ]
            for (settings, words) in cases {
                for arguments in [["--port", "0"], ["check-config"]] {
                    let result = try await runProcess(
                        Programs.apiServer, arguments: arguments, environment: Programs.environment(settings),
                        workingDirectory: folder)
                    #expect(result.termination == .exited(78), "\(settings)")
                    #expect(result.standardError.text.contains(words), "\(result.standardError.text)")
                    #expect(!result.standardError.text.contains(Self.key))
                }
            }
            let checked = try await Programs.apiServer(
                "check-config", in: folder,
                settings: ["LLM_BASE_URL": "https://llm.example.com/v1", "RISK_CLASSIFIER_MODEL": "m", "LLM_API_KEY": Self.key])
            #expect(checked.isSuccess)
            #expect(!checked.standardOutput.text.contains(Self.key))
        }
    }
}
