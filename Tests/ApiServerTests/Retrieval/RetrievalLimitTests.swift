import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

/// The limits of documents and questions (CONTRACTS §5, S2-7 to S2-13).
@Suite("Limits of documents and questions")
struct RetrievalLimitTests {
    enum Counting: CaseIterable, Sendable {
        case ownTable, redis
    }

    private static let body = #"{"query":"anything"}"#

    /// Lends a server with its counters in the process or in Redis.
    private static func with(
        _ counting: Counting, on store: TestStore, settings: [String: String] = [:],
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        guard counting == .redis else { return try await withServer(on: store, settings: settings, body) }
        try await withRedisServer { redis in
            try await withServer(on: store, settings: settings.merging(["REDIS_URL": redis.url]) { _, new in new }, body)
        }
    }

    private static func expectRefusal(_ answer: HTTPAnswer) throws {
        #expect(answer.status == 429)
        let seconds = try #require(answer["Retry-After"].flatMap { Int($0) })
        #expect((1...60).contains(seconds))
        #expect(try answer.string("error") == "rate_limited")
        #expect(try answer.string("message").contains("\(seconds) second"))
    }

    @Test("S2-7, S2-9: the 21st question in a minute is refused", arguments: Counting.allCases, TestStore.allCases)
    func questions(_ counting: Counting, on store: TestStore) async throws {
        try await Self.with(counting, on: store) { server in
            let user = try await server.makeUser()
            for path in ["/api/v1/query/", "/api/v1/query/enhanced"] {
                let answers = try await server.client.pipeline(21, "POST", path, key: user.key, body: Self.body)
                #expect(answers.prefix(20).allSatisfy { $0.status == 200 }, "\(answers.map(\.status))")
                try Self.expectRefusal(answers[20])
            }
            // With and without the slash they count as one, and streams with plain questions.
            #expect(try await server.client.send("POST", "/api/v1/query", key: user.key, body: Self.body).status == 429)
            #expect(try await server.client.send("POST", "/api/v1/query/stream", key: user.key, body: Self.body).status == 429)
            #expect(try await server.client.send("GET", "/api/v1/documents", key: user.key).status == 200)
            #expect(try await server.client.send("GET", "/health").status == 200)
        }
    }

    @Test("S2-8: the 6th upload in a minute is refused", arguments: Counting.allCases, TestStore.allCases)
    func uploads(_ counting: Counting, on store: TestStore) async throws {
        try await Self.with(counting, on: store) { server in
            let user = try await server.makeUser()
            for _ in 0..<5 {
                #expect(try await server.upload([0x61], name: "a.txt", type: "text/plain", key: user.key).status == 200)
            }
            try Self.expectRefusal(try await server.upload([0x61], name: "a.txt", type: "text/plain", key: user.key))
        }
    }

    @Test("S2-10: users behind one address count apart, and apart from those without a key", arguments: Counting.allCases)
    func identities(_ counting: Counting) async throws {
        try await Self.with(counting, on: .sqlite, settings: ["RATE_LIMIT_QUERY": "3/minute"]) { server in
            let users = [try await server.makeUser(), try await server.makeUser()]
            for key in [nil, users[0].key, users[1].key] {
                let answers = try await server.client.pipeline(4, "POST", "/api/v1/query", key: key, body: Self.body)
                #expect(answers.map(\.status) == [200, 200, 200, 429])
            }
            // A trusted proxy tells for whom it asks; a user stays the same.
            let far = ["X-Forwarded-For: 198.51.100.7"]
            #expect(try await server.client.send("POST", "/api/v1/query", fields: far, body: Self.body).status == 200)
            let same = try await server.client.send("POST", "/api/v1/query", fields: far, key: users[0].key, body: Self.body)
            #expect(same.status == 429)
        }
    }

    @Test("a peer that is not trusted cannot choose its address")
    func spoofed() async throws {
        try await withServer(settings: ["RATE_LIMIT_QUERY": "2/minute", "TRUSTED_PROXIES": "10.0.0.0/8"]) { server in
            var statuses: [Int] = []
            for number in 1...3 {
                let fields = ["X-Forwarded-For: 198.51.100.\(number)"]
                statuses.append(
                    try await server.client.send("POST", "/api/v1/query", fields: fields, body: Self.body).status)
            }
            #expect(statuses == [200, 200, 429])
        }
    }

    @Test("S2-12: nothing is limited when limits are switched off")
    func off() async throws {
        try await withServer(settings: ["RATE_LIMIT_ENABLED": "false"]) { server in
            let answers = try await server.client.pipeline(30, "POST", "/api/v1/query", body: Self.body)
            #expect(answers.allSatisfy { $0.status == 200 })
        }
    }

    @Test("S2-13, S1-8: limits are of any unit, and come from the settings", arguments: ["second", "minute", "hour", "day"])
    func units(_ unit: String) async throws {
        try await withServer(settings: ["RATE_LIMIT_DEFAULT": "2/\(unit)"]) { server in
            let answers = try await server.client.pipeline(3, "GET", "/api/v1/documents")
            #expect(answers.map(\.status) == [200, 200, 429])
            let seconds = try #require(answers[2]["Retry-After"].flatMap { Int($0) })
            let longest = ["second": 1, "minute": 60, "hour": 3_600, "day": 86_400]
            #expect((1...(longest[unit] ?? 0)).contains(seconds))
            let description = try await server.client.send("GET", "/openapi.json").text
            #expect(description.contains("2 per 1 \(unit)"))
        }
    }

    @Test("S2-1 to S2-3, S2-6: what is counted has routes and status groups as labels, and nothing of a caller")
    func metrics() async throws {
        try await withServer { server in
            let user = try await server.makeUser()
            _ = try await server.ask("canary question", key: user.key)
            let id = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"
            _ = try await server.client.send("GET", "/api/v1/documents/\(id)/status", key: user.key)
            _ = try await server.client.send("GET", "/health")
            let metrics = try await server.client.send("GET", "/metrics")
            #expect(metrics["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let text = metrics.text
            #expect(text.contains("# TYPE http_request_duration_seconds histogram"))
            #expect(text.contains("# TYPE http_requests_total counter"))
            #expect(text.contains(#"/api/v1/documents/{id}/status"#) && text.contains("4xx"))
            for canary in [id, user.id, user.key, "canary", #""/health""#, #""/metrics""#] {
                #expect(!text.contains(canary), "\(canary)")
            }
            #expect(try await server.client.send("GET", "/openapi.json").json()["paths"]?["/metrics"] == nil)
        }
        try await withServer(settings: ["METRICS_ENABLED": "false"]) { server in
            let metrics = try await server.client.send("GET", "/metrics")
            #expect(metrics.status == 404)
        }
    }
}
