import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Reports of what language models used, to the running server")
struct UsageTests {
    private static let path = "/api/v1/llm/usage"

    private static func report(_ tokens: Int, model: String = "small-7b", operation: String = "summary") -> String {
        #"{"model":"\#(model)","operation":"\#(operation)","tokens":\#(tokens),"status":"success"}"#
    }

    /// The lines of the metrics that begin with `llm_`.
    private static func counts(_ server: RunningServer) async throws -> [String] {
        try await server.client.send("GET", "/metrics").text.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("llm_") }
    }

    @Test("show in the metrics, once with an Idempotency-Key, through whatever server", arguments: TestStore.allCases)
    func counted(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            let field = "Idempotency-Key: report-1"
            for replayed in [nil, "true", "true"] {
                let answer = try await server.client.send(
                    "POST", Self.path, fields: [field], key: user.key, body: Self.report(120))
                #expect(answer.status == 204, "\(answer.text)")
                #expect(answer["Idempotency-Replayed"] == replayed)
            }
            let other = try await server.client.send(
                "POST", Self.path, fields: [field], key: user.key, body: Self.report(121))
            #expect(other.status == 422)
            try await withServer(in: server.place) { second in
                let answer = try await second.client.send(
                    "POST", Self.path, fields: [field], key: user.key, body: Self.report(120))
                #expect(answer.status == 204 && answer["Idempotency-Replayed"] == "true")
                #expect(try await Self.counts(second).isEmpty)
            }
            let parts =
                #"{"model":"small-7b","operation":"summary","prompt_tokens":30,"completion_tokens":4,"status":"failure"}"#
            #expect(try await server.client.send("POST", Self.path, key: user.key, body: parts).status == 204)
            #expect(
                try await Self.counts(server) == [
                    #"llm_requests_total{model="small-7b",operation="summary",status="failure"} 1.0"#,
                    #"llm_requests_total{model="small-7b",operation="summary",status="success"} 1.0"#,
                    #"llm_tokens_total{model="small-7b",operation="summary"} 154.0"#,
                ])
            #expect(try await server.client.send("POST", Self.path, body: parts).status == 401)
        }
    }

    @Test("never bring an id, a key or a text into the labels")
    func labels() async throws {
        try await withServer(settings: ["RATE_LIMIT_DEFAULT": "1000/minute"]) { server in
            let user = try await server.makeUser()
            let secret = "ghp_" + String(repeating: "a1B2c3D4", count: 5).prefix(36)
            let texts = [
                user.id, "u/\(user.id)", user.id.uppercased(), String(user.id.filter { $0 != "-" }), user.key,
                "request-of-mine", "What is the capital of France?", secret,
            ]
            for text in texts {
                for body in [Self.report(1, model: text), Self.report(1, operation: text)] {
                    let answer = try await server.client.send(
                        "POST", Self.path, fields: ["X-Request-ID: request-of-mine"], key: user.key, body: body)
                    #expect(answer.status == 422, "\(text)")
                }
            }
            #expect(try await Self.counts(server).isEmpty)
            // Made-up names end up in one series.
            for number in 0..<60 {
                let answer = try await server.client.send(
                    "POST", Self.path, key: user.key, body: Self.report(1, operation: "made.up.\(number)"))
                #expect(answer.status == 204)
            }
            let tokens = try await Self.counts(server).filter { $0.hasPrefix("llm_tokens_total") }
            #expect(tokens.count == 51)
            #expect(tokens.contains(#"llm_tokens_total{model="other",operation="other"} 10.0"#))
        }
    }

    @Test("are charged to a budget, which says 429 with Retry-After to whoever asks for more", arguments: TestStore.allCases)
    func budget(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["LLM_DAILY_TOKENS": "1000"]) { server in
            let user = try await server.makeUser()
            #expect(try await server.client.send("POST", Self.path, key: user.key, body: Self.report(900)).status == 204)
            #expect(try await server.client.send("GET", "/api/v1/llm/budget?tokens=100", key: user.key).status == 200)
            let refused = try await server.client.send("GET", "/api/v1/llm/budget?tokens=101", key: user.key)
            #expect(refused.status == 429)
            let seconds = try #require(refused["Retry-After"].flatMap { Int($0) })
            #expect((86_000...86_400).contains(seconds))
            #expect(try refused.string("error") == "rate_limited")
            #expect(try refused.json()["violated-policies"] == ["llm-tokens"])
            // What was used is used: it counts beyond the budget.
            #expect(try await server.client.send("POST", Self.path, key: user.key, body: Self.report(500)).status == 204)
            let standing = try await server.client.send("GET", "/api/v1/llm/budget", key: user.key).json()
            #expect(standing["used"] == 1_400 && standing["remaining"] == 0 && standing["daily_tokens"] == 1_000)
            let other = try await server.makeUser()
            #expect(try await server.client.send("GET", "/api/v1/llm/budget?tokens=1000", key: other.key).status == 200)
            #expect(
                try await Self.counts(server).last == #"llm_tokens_total{model="small-7b",operation="summary"} 1400.0"#)
        }
    }

    @Test("are charged to one budget of all servers that share a Redis, and to the server's own while it is away")
    func sharedBudget() async throws {
        try await withRedisServer { redis in
            try await withTestPlace(on: .sqlite) { place in
                let settings = ["LLM_DAILY_TOKENS": "1000", "REDIS_URL": redis.url]
                try await withServer(in: place, settings: settings) { first in
                    try await withServer(in: place, settings: settings) { second in
                        let user = try await first.makeUser()
                        for server in [first, second] {
                            let answer = try await server.client.send(
                                "POST", Self.path, key: user.key, body: Self.report(400))
                            #expect(answer.status == 204)
                        }
                        let path = "/api/v1/llm/budget?tokens=201"
                        #expect(try await first.client.send("GET", path, key: user.key).status == 429)
                        #expect(try await redis.command("KEYS", "*\(user.key)*") == "")
                        try await redis.kill()
                        let alone = try await first.client.send("GET", path, key: user.key)
                        #expect(alone.status == 200, "\(alone.text)")
                        #expect(
                            try await first.client.send("POST", Self.path, key: user.key, body: Self.report(900)).status == 204)
                        #expect(try await first.client.send("GET", path, key: user.key).status == 429)
                        #expect(first.log.contains("limits are counted in this process while Redis gives no answer"))
                        #expect(try await first.client.send("GET", "/health").json()["status"] == "degraded")
                    }
                }
            }
        }
    }

    @Test("have no budget unless one is set, or while limits are switched off")
    func noBudget() async throws {
        for settings in [[:], ["LLM_DAILY_TOKENS": "10", "RATE_LIMIT_ENABLED": "false"]] {
            try await withServer(settings: settings) { server in
                let user = try await server.makeUser()
                #expect(try await server.client.send("POST", Self.path, key: user.key, body: Self.report(900)).status == 204)
                let answer = try await server.client.send("GET", "/api/v1/llm/budget?tokens=1000000", key: user.key)
                #expect(answer.status == 200)
                #expect(try answer.json()["daily_tokens"] == .null)
            }
        }
        try await withTemporaryDirectory { folder in
            for text in ["0", "-1", "many", "1000000000001"] {
                let result = try await Programs.apiServer(in: folder, settings: ["LLM_DAILY_TOKENS": text, "PORT": "0"])
                #expect(result.termination == .exited(78))
                #expect(result.standardError.text.hasPrefix("LLM_DAILY_TOKENS: "))
            }
        }
    }

    @Test("have the default limit, which stands in the API description")
    func limit() async throws {
        try await withServer(settings: ["RATE_LIMIT_DEFAULT": "2/hour"]) { server in
            let user = try await server.makeUser()
            let statuses = try await server.client.pipeline(3, "POST", Self.path, key: user.key, body: Self.report(1)).map(
                \.status)
            #expect(statuses == [204, 204, 429])
            let description = try await server.client.send("GET", "/openapi.json").json()
            let operation = description["paths"]?[Self.path]?["post"]
            #expect(operation?["operationId"] == "reportModelUsage")
            let text = String(decoding: (operation ?? .null).compactBytes(), as: UTF8.self)
            #expect(text.contains("2 per 1 hour") && text.contains("Idempotency-Key"))
            #expect(description["paths"]?["/api/v1/llm/budget"]?["get"]?["responses"]?["429"] != nil)
        }
    }

    @Test(
        "limits of the documents fall back to their defaults with a warning",
        arguments: ["RATE_LIMIT_QUERY", "RATE_LIMIT_UPLOAD", "RATE_LIMIT_DEFAULT"])
    func malformed(_ name: String) async throws {
        let usual = ["RATE_LIMIT_QUERY": "20/minute", "RATE_LIMIT_UPLOAD": "5/minute", "RATE_LIMIT_DEFAULT": "60/minute"]
        try await withServer(settings: [name: "10/min"]) { server in
            let warnings = server.child.output(of: .standardError).lines.filter { $0.contains(" warning ") }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("\(name): ") == true)
            #expect(warnings.first?.contains("using \(usual[name] ?? "")") == true)
        }
    }
}
