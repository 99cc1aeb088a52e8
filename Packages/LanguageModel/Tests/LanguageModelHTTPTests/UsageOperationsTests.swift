import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import LanguageModel
import PrometheusMetrics
import RateLimit
import StrictJSON
import Testing
import TokenBudgets

@testable import LanguageModelHTTP

@Suite("Reports of what language models used")
struct UsageOperationsTests {
    private static let path = "/api/v1/llm/usage"
    private static let userID = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"

    private struct Scene {
        let service: HTTPService
        let registry: PrometheusRegistry
        let limits: CountingLimits

        func report(_ body: JSONValue, by key: String = "ada", headers: HTTPFields = [:]) async throws -> ServiceAnswer {
            var fields = headers
            fields[.authorization] = "Bearer " + key
            return try await self.service.answer(.post, path, json: body, headers: fields)
        }

        func budget(_ query: String = "", of key: String = "ada") async throws -> ServiceAnswer {
            try await self.service.answer(.get, "/api/v1/llm/budget\(query)", headers: [.authorization: "Bearer " + key])
        }

        /// The lines of the metrics that begin with `llm_`.
        var counts: [String] {
            String(decoding: self.registry.render(), as: UTF8.self).split(separator: "\n").map(String.init)
                .filter { $0.hasPrefix("llm_") }
        }
    }

    private static func scene(dailyTokens: Int? = nil, roster: LabelRoster = LabelRoster()) throws -> Scene {
        let registry = PrometheusRegistry()
        let limits = CountingLimits()
        let budget = try dailyTokens.map {
            try TokenBudget(dailyTokens: $0, store: InProcessRateLimitStore(memoryBytes: 1 << 20))
        }
        let operations = UsageOperations(
            metrics: try LanguageModelMetrics(registry: registry), budget: budget,
            acceptsLabel: { !$0.hasPrefix("sk-") }, roster: roster)
        let ada = Caller(
            id: CallerID(unchecked: Self.userID), kind: .user, keyID: KeyID(unchecked: "public-4"),
            person: PersonID(unchecked: "ada.example.org"))
        let ben = Caller(id: CallerID(unchecked: "dev-agent"), kind: .gatewayCaller)
        let parts = HTTPService.Parts(
            resolver: FixedCallers(["ada": ada, "ben": ben]), limits: limits,
            metrics: try HTTPMetrics(registry: PrometheusRegistry()), translate: { _ in nil })
        let header = try #require(HTTPField.Name("X-API-Key"))
        let service = try HTTPService(
            operations: operations.operations, parts: parts, configuration: HTTPService.Configuration(keyHeader: header))
        return Scene(service: service, registry: registry, limits: limits)
    }

    @Test("count tokens as they are given, and one question each")
    func counts() async throws {
        let scene = try Self.scene()
        let whole: JSONValue = ["model": "mistral/small:7b", "operation": "Summary.v2", "tokens": 120, "status": "success"]
        let first = try await scene.report(whole)
        #expect(first.status == .noContent && first.body.isEmpty)
        #expect(
            scene.counts == [
                #"llm_requests_total{model="mistral/small:7b",operation="Summary.v2",status="success"} 1.0"#,
                #"llm_tokens_total{model="mistral/small:7b",operation="Summary.v2"} 120.0"#,
            ])
        let parts: JSONValue = [
            "model": "mistral/small:7b", "operation": "Summary.v2", "prompt_tokens": 30, "completion_tokens": 4, "tokens": .null,
            "status": "success",
        ]
        #expect(try await scene.report(parts, by: "ben").status == .noContent)
        #expect(
            try await scene.report(["model": "m", "operation": "o", "status": "failure"]).status == .noContent)
        #expect(
            try await scene.report(["model": "m", "operation": "o", "tokens": 7, "status": "failure"]).status == .noContent)
        #expect(
            scene.counts == [
                #"llm_requests_total{model="m",operation="o",status="failure"} 2.0"#,
                #"llm_requests_total{model="mistral/small:7b",operation="Summary.v2",status="success"} 2.0"#,
                #"llm_tokens_total{model="m",operation="o"} 7.0"#,
                #"llm_tokens_total{model="mistral/small:7b",operation="Summary.v2"} 154.0"#,
            ])
        #expect(Set(scene.limits.charged) == ["llm-usage"])
    }

    @Test("are from known callers only")
    func access() async throws {
        let scene = try Self.scene()
        let body: JSONValue = ["model": "m", "operation": "o", "tokens": 1, "status": "success"]
        #expect(try await scene.report(body, by: "nobody").status == .unauthorized)
        #expect(try await scene.service.answer(.post, Self.path, json: body).status == .unauthorized)
        #expect(try await scene.budget(of: "nobody").status == .unauthorized)
        #expect(scene.counts.isEmpty)
        let registry = PrometheusRegistry()
        let operations = UsageOperations(metrics: try LanguageModelMetrics(registry: registry), budget: nil).operations
        #expect(operations.first?.acceptsIdempotencyKey == true)
    }

    @Test(
        "that break a rule count nothing",
        arguments: [
            ([:], "model"), (["model": ""], "model"), (["model": "a b"], "model"), (["model": "é"], "model"),
            (["model": "a\n"], "model"), (["model": "what is the capital of France?"], "model"),
            (["model": .string(String(repeating: "a", count: 65))], "model"), (["model": 7], "model"),
            (["operation": #"a"b"#], "operation"), (["operation": "a\\b"], "operation"), (["operation": "{a}"], "operation"),
            (["status": "ok"], "status"), (["status": .null], "status"), (["tokens": -1], "tokens"),
            (["tokens": 1_000_000_001], "tokens"), (["tokens": 1.5], "tokens"), (["tokens": .null], "tokens"),
            (["prompt_tokens": 1], "tokens"), (["tokens": .null, "prompt_tokens": 1], "tokens"),
            (["tokens": .null, "completion_tokens": 1], "tokens"),
            (["tokens": 1, "prompt_tokens": 1, "completion_tokens": 1], "tokens"),
        ] as [(JSONValue, String)])
    func refused(_ change: JSONValue, _ word: String) async throws {
        let scene = try Self.scene(dailyTokens: 100)
        let members = try #require(change.objectValue)
        var body = JSONObject([("operation", "o"), ("tokens", 1), ("status", "success")])
        if !members.isEmpty { body["model"] = "m" }
        for (name, value) in members { body[name] = value }
        let answer = try await scene.report(.object(body))
        #expect(answer.status == .unprocessableContent)
        #expect(String(decoding: answer.body, as: UTF8.self).contains(word))
        #expect(scene.counts.isEmpty)
        #expect(try await scene.budget().json["used"] == 0)
    }

    @Test("name no caller, key or request in their labels")
    func identifiers() async throws {
        let scene = try Self.scene()
        let key = "gth_" + "abcdefgh"
        var headers: HTTPFields = [:]
        headers[.requestID] = "request-of-mine"
        for member in ["model", "operation"] {
            for text in [
                Self.userID, "u/\(Self.userID)", Self.userID.uppercased(), "550e8400-e29b-41d4-a716-446655440000",
                "550e8400e29b41d4a716446655440000", "public-4", "ada.example.org", "q:ada.example.org", key, "request-of-mine",
                "sk-" + "canary",
            ] {
                var body = JSONObject([("model", "m"), ("operation", "o"), ("tokens", 1), ("status", "success")])
                body[member] = .string(text)
                let answer = try await scene.report(.object(body), headers: headers)
                #expect(answer.status == .unprocessableContent, "\(member) \(text)")
                let problem = try answer.json
                #expect(problem["detail"]?.stringValue?.contains(text) == false, "\(text)")
            }
        }
        #expect(
            try await scene.report(
                ["model": "m", "operation": "for/dev-agent", "tokens": 1, "status": "success"], by: "ben"
            ).status == .unprocessableContent)
        #expect(scene.counts.isEmpty)
    }

    @Test("bring so many labels and no more, each caller a part of them; all others count as other")
    func cardinality() async throws {
        let scene = try Self.scene(roster: LabelRoster(maximumPairs: 4, maximumPairsPerCaller: 3))
        func report(_ model: String, by key: String = "ada") async throws {
            let answer = try await scene.report(
                ["model": .string(model), "operation": "o", "tokens": 2, "status": "success"], by: key)
            #expect(answer.status == .noContent)
        }
        for number in 1...6 { try await report("m\(number)") }
        for number in 7...8 { try await report("m\(number)", by: "ben") }
        // What is known still counts under its name.
        try await report("m1", by: "ben")
        let tokens = scene.counts.filter { $0.hasPrefix("llm_tokens_total") }
        #expect(
            tokens == [
                #"llm_tokens_total{model="m1",operation="o"} 4.0"#, #"llm_tokens_total{model="m2",operation="o"} 2.0"#,
                #"llm_tokens_total{model="m3",operation="o"} 2.0"#, #"llm_tokens_total{model="m7",operation="o"} 2.0"#,
                #"llm_tokens_total{model="other",operation="other"} 8.0"#,
            ])
    }

    @Test("are charged to the reporter's budget, which refuses whoever asks for more than is left")
    func budget() async throws {
        let scene = try Self.scene(dailyTokens: 1_000)
        let fresh = try await scene.budget()
        #expect(fresh.status == .ok)
        #expect(try fresh.json == ["daily_tokens": 1_000, "used": 0, "remaining": 1_000, "reset_after_seconds": 0])
        let report: JSONValue = ["model": "m", "operation": "o", "tokens": 900, "status": "success"]
        #expect(try await scene.report(report).status == .noContent)
        #expect(try await scene.budget("?tokens=100").status == .ok)
        let refused = try await scene.budget("?tokens=101")
        #expect(refused.status == .tooManyRequests)
        let seconds = try #require(refused.headers[.retryAfter].flatMap { Int($0) })
        #expect((86_000...86_400).contains(seconds))
        #expect(try refused.json["error"] == "rate_limited")
        #expect(try refused.json["message"] == .string("Rate limit exceeded. Try again in \(seconds) seconds."))
        #expect(try refused.json["retry_after_seconds"] == .integer(seconds))
        #expect(try refused.json["remaining_tokens"] == 100)
        let never = try await scene.budget("?tokens=1001")
        #expect(never.status == .unprocessableContent)
        #expect(try never.json["errors"]?[0]?["type"] == "cost_exceeds_limit")
        for query in ["?tokens=0", "?tokens=x", "?tokens=1000000001"] {
            #expect(try await scene.budget(query).status == .unprocessableContent)
        }
        // Tokens that were used count, whatever the budget says.
        #expect(try await scene.report(report).status == .noContent)
        #expect(try await scene.budget().json["used"] == 1_800)
        #expect(try await scene.budget("?tokens=1").status == .tooManyRequests)
        #expect(scene.counts.last == #"llm_tokens_total{model="m",operation="o"} 1800.0"#)
        #expect(try await scene.budget("?tokens=1000", of: "ben").status == .ok)
    }

    @Test("go without a budget where there is none")
    func noBudget() async throws {
        let scene = try Self.scene()
        let answer = try await scene.budget("?tokens=1000000000")
        #expect(answer.status == .ok)
        #expect(
            try answer.json == ["daily_tokens": .null, "used": .null, "remaining": .null, "reset_after_seconds": .null])
    }

    @Test("are refused in the words of the refusal")
    func problems() {
        let exhausted = Problem.tokenBudget(
            TokenRefusal(reason: .exhausted, dailyTokens: 10, remaining: 3, retryAfterSeconds: 1))
        #expect(exhausted.status == .tooManyRequests && exhausted.headers[.retryAfter] == "1")
        #expect(exhausted.message == "Rate limit exceeded. Try again in 1 second.")
        let away = Problem.tokenBudget(
            TokenRefusal(reason: .storeUnavailable, dailyTokens: 10, remaining: 0, retryAfterSeconds: 1))
        #expect(away.status == .serviceUnavailable && away.headers[.retryAfter] == "1")
        let never = Problem.tokenBudget(
            TokenRefusal(reason: .aboveBudget, dailyTokens: 10, remaining: 10, retryAfterSeconds: nil))
        #expect(never.status == .unprocessableContent && never.headers[.retryAfter] == nil)
    }
}
