import DatabaseTestSupport
import Foundation
import OutboundTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Questions to the documents of the running server")
struct QueryTests {
    static let question = "How often do the bearings need oil?"

    private static func chat(_ text: String, tokens: (Int, Int) = (40, 9)) -> [ScriptedStep] {
        let choice: JSONValue = ["message": ["role": "assistant", "content": .string(text)], "finish_reason": "stop"]
        let usage: JSONValue = ["prompt_tokens": .integer(tokens.0), "completion_tokens": .integer(tokens.1)]
        return httpAnswer(String(decoding: (["choices": [choice], "usage": usage] as JSONValue).compactBytes(), as: UTF8.self))
    }

    private static func stream(_ parts: [String]) -> [ScriptedStep] {
        var events = parts.map { #"data: {"choices":[{"delta":{"content":"\#($0)"}}]}"# }
        events.append(
            #"data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":50,"completion_tokens":6}}"#)
        events.append("data: [DONE]")
        return httpAnswer(events.joined(separator: "\n\n") + "\n\n", fields: "Content-Type: text/event-stream\r\n")
    }

    /// A server that has a document, beside a model that follows a script.
    private static func with(
        on store: TestStore = .sqlite, settings: [String: String] = [:], script: @escaping ScriptedServer.Script,
        _ body: (RunningServer, String, ScriptedServer) async throws -> Void
    ) async throws {
        try await withScriptedServer(script: script) { model in
            let own = [
                "LLM_BASE_URL": "http://127.0.0.1:\(model.port)/v1", "LLM_API_KEY": "sk-" + "canary-4712",
                "LLM_MODEL": "small-7b", "LLM_MAX_RETRIES": "0", "LLM_TIMEOUT_SECONDS": "2",
            ]
            try await withServer(on: store, settings: own.merging(settings) { _, new in new }) { server in
                let user = try await server.makeUser()
                let status = try await server.add(Array(Documents.plant.utf8), name: "plant.txt", key: user.key)
                try #require(status["status"] == "ready", "\(status)")
                try await body(server, user.key, model)
            }
        }
    }

    private static func metrics(_ server: RunningServer) async throws -> [String] {
        try await server.client.send("GET", "/metrics").text.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("llm_") }
    }

    @Test("are answered with and without the slash, in the shape of the contract", arguments: TestStore.allCases)
    func quoted(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            try await server.add(Array(Documents.plant.utf8), name: "plant.txt", key: user.key)
            for path in ["/api/v1/query", "/api/v1/query/"] {
                let answer = try await server.ask(Self.question, path: path, key: user.key).json()
                #expect(answer["answer"]?.stringValue?.contains("every month") == true)
                #expect(answer["answered_by"] == "quotes")
                let citation = try #require(answer["citations"]?[0])
                #expect(citation["filename"] == "plant.txt")
                #expect((citation["chunk_text"]?.stringValue?.count ?? 0) <= 203)
                #expect((citation["relevance_score"]?.doubleValue ?? 0) > 0)
            }
            for path in ["/api/v1/query/enhanced", "/api/v1/query/enhanced/"] {
                let answer = try await server.ask(Self.question, path: path, key: user.key).json()
                #expect(["high", "medium", "low"].contains(answer["confidence"]?["level"]?.stringValue))
                let citation = try #require(answer["citations"]?[0])
                let passage = try #require(citation["highlighted_passage"]?.stringValue)
                #expect(passage.contains("oil"))
                #expect(citation["chunk_position"] == 0 && citation["page_number"] == .null)
                let (start, end) = (citation["highlight_start"]?.intValue ?? 0, citation["highlight_end"]?.intValue ?? 0)
                let scalars = Array((citation["chunk_text"]?.stringValue ?? "").unicodeScalars)
                try #require(0 <= start && start < end && end <= scalars.count)
                #expect(String(String.UnicodeScalarView(scalars[start..<end])) == passage)
            }
            let unknown = try await server.ask("quaternions", path: "/api/v1/query/enhanced", key: user.key).json()
            #expect(unknown["answer"]?.stringValue?.hasPrefix("I don't know") == true)
            #expect(unknown["confidence"]?["score"] == .float(0.95) && unknown["confidence"]?["level"] == "high")
            #expect(unknown["citations"] == [])
            for body in ["{}", #"{"query":""}"#, #"{"query":1}"#, #"{"query":"x","max_results":0}"#] {
                #expect(try await server.client.send("POST", "/api/v1/query", key: user.key, body: body).status == 422)
            }
        }
    }

    @Test("are answered by a model from the passages, whose tokens count once", arguments: TestStore.allCases)
    func modelled(on store: TestStore) async throws {
        try await Self.with(on: store, script: { _, _ in Self.chat("Every month.") }) { server, key, model in
            let answer = try await server.ask(Self.question, key: key).json()
            #expect(answer["answer"] == "Every month." && answer["answered_by"] == "model")
            #expect(answer["citations"]?.arrayValue?.count == 1)
            let request = try #require(model.requests.first)
            #expect(request.contains("bearings need oil every month") && !request.contains(key))
            #expect(
                try await Self.metrics(server) == [
                    #"llm_requests_total{model="small-7b",operation="query",status="success"} 1.0"#,
                    #"llm_tokens_total{model="small-7b",operation="query"} 49.0"#,
                ])
        }
    }

    @Test("are streamed as server-sent events, with a model and without", arguments: [true, false])
    func streamed(_ hasModel: Bool) async throws {
        func check(_ server: RunningServer, _ key: String) async throws {
            let answer = try await server.ask(Self.question, path: "/api/v1/query/stream", key: key)
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "text/event-stream")
            let events = answer.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
            let names = events.compactMap { $0.split(separator: "\n").first.map(String.init) }
            #expect(names.first == "event: status" && names.contains("event: citations") && names.last == "event: done")
            let tokens = events.filter { $0.hasPrefix("event: token\n") }
            #expect(!tokens.isEmpty)
            #expect(events.last?.contains(hasModel ? #""Every month.""# : "every month") == true)
        }
        guard hasModel else {
            return try await withServer { server in
                let user = try await server.makeUser()
                try await server.add(Array(Documents.plant.utf8), name: "plant.txt", key: user.key)
                try await check(server, user.key)
            }
        }
        try await Self.with(script: { _, _ in Self.stream(["Every ", "month."]) }) { server, key, _ in
            try await check(server, key)
            #expect(try await Self.metrics(server).contains(#"llm_tokens_total{model="small-7b",operation="stream"} 56.0"#))
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let steps: [ScriptedStep]
        let reason: String

        var testDescription: String { self.name }
    }

    static let faults = [
        Fault(name: "429", steps: httpAnswer("{}", status: "429 Too Many Requests"), reason: "model_unavailable"),
        Fault(name: "500", steps: httpAnswer("", status: "500 Internal Server Error"), reason: "model_unavailable"),
        Fault(name: "hang", steps: [], reason: "model_timed_out"),
        Fault(name: "malformed JSON", steps: httpAnswer("{\"choices\":["), reason: "model_malformed"),
        Fault(name: "closed", steps: [.close], reason: "model_unavailable"),
    ]

    @Test("are quoted when the model fails, and the answer says why", arguments: faults)
    func fallenBack(_ fault: Fault) async throws {
        try await Self.with(script: { _, _ in fault.steps }) { server, key, _ in
            let start = ContinuousClock.now
            let answer = try await server.ask(Self.question, key: key)
            #expect(answer.status == 200)
            let json = try answer.json()
            #expect(json["answer"]?.stringValue?.contains("every month") == true)
            #expect(json["model_fallback"] == .string(fault.reason))
            #expect(json["citations"]?.arrayValue?.count == 1)
            #expect(ContinuousClock.now - start < .seconds(20))
            #expect(
                try await Self.metrics(server).contains(
                    #"llm_requests_total{model="small-7b",operation="query",status="failure"} 1.0"#))
        }
    }

    @Test("never overspend a budget, however many come at once", arguments: [false, true])
    func budget(_ isShared: Bool) async throws {
        let script: ScriptedServer.Script = { _, _ in Self.chat("Every month.", tokens: (900, 100)) }
        let settings = ["LLM_DAILY_TOKENS": "4500", "RATE_LIMIT_QUERY": "100/minute"]
        func check(_ settings: [String: String]) async throws {
            try await Self.with(settings: settings, script: script) { server, key, model in
                let answers = try await withThrowingTaskGroup(of: JSONValue.self) { group in
                    for _ in 0..<12 { group.addTask { try await server.ask(Self.question, key: key).json() } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let asked = answers.count { $0["answered_by"] == "model" }
                #expect((1...4).contains(asked))
                #expect(model.requests.count == asked)
                #expect(answers.count { $0["model_fallback"] == "token_budget" } == 12 - asked)
                let standing = try await server.client.send("GET", "/api/v1/llm/budget", key: key).json()
                #expect(standing["used"] == .integer(asked * 1_000))
                #expect(
                    try await Self.metrics(server).contains(
                        #"llm_tokens_total{model="small-7b",operation="query"} \#(asked * 1_000).0"#))
            }
        }
        guard isShared else { return try await check(settings) }
        try await withRedisServer { redis in
            try await check(settings.merging(["REDIS_URL": redis.url]) { _, new in new })
        }
    }
}
