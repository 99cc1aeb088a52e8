import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

/// The tiers of the operations console (CONTRACTS §5, S1-1 to S1-15).
@Suite("Limits of the console")
struct ConsoleLimitTests {
    struct Tier: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        let setting: String
        let usual: Int
        /// The member of `configuration` in `/api/health`.
        let member: String

        var testDescription: String { "\(self.method) \(self.path)" }
    }

    static let tiers = [
        Tier(
            method: "GET", path: "/api/auth/aws-credentials", setting: "RATE_LIMIT_AUTH_ENDPOINTS", usual: 10,
            member: "auth_endpoints"),
        Tier(
            method: "POST", path: "/api/tools/1/execute", setting: "RATE_LIMIT_EXECUTION_ENDPOINTS", usual: 5,
            member: "execution_endpoints"),
        Tier(method: "GET", path: "/api/tools/", setting: "RATE_LIMIT_READ_ENDPOINTS", usual: 100, member: "read_endpoints"),
    ]

    static let policy = ["POLICY_DIR": shippedPolicies]

    @Test("lets pass as many as prescribed and refuses one more, with when to come back", arguments: tiers, TestStore.allCases)
    func usual(_ tier: Tier, on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.policy) { server in
            let answers = try await server.client.pipeline(tier.usual + 1, tier.method, tier.path)
            #expect(answers.prefix(tier.usual).allSatisfy { $0.status == 200 }, "\(answers.map(\.status))")
            let refused = try #require(answers.last)
            #expect(refused.status == 429)
            let seconds = try #require(refused["Retry-After"].flatMap { Int($0) })
            #expect((1...60).contains(seconds))
            #expect(try refused.string("error") == "rate_limited")
            #expect(try refused.string("detail") == "Rate limit exceeded: \(tier.usual) per 1 minute")
            _ = try await server.child.waitForLine(on: .standardError) {
                $0.contains("limit exceeded") && $0.contains("limit.class=")
            }

            // The others are untouched, and so is the state, which shows what is configured.
            for other in Self.tiers where other.member != tier.member {
                #expect(try await server.client.send(other.method, other.path).status == 200, "\(other.path)")
            }
            for answer in try await server.client.pipeline(120, "GET", "/api/health") {
                #expect(answer.status == 200 && answer["X-RateLimit-Limit"] == nil)
                let limiting = try answer.json()["services"]?["rate_limiting"]
                #expect(limiting?["status"] == "enabled")
                for tier in Self.tiers {
                    #expect(limiting?["configuration"]?[tier.member]?.stringValue == "\(tier.usual)/minute")
                }
            }
        }
    }

    @Test("passes again after the time that was told, with limits as set", arguments: tiers)
    func again(_ tier: Tier) async throws {
        var settings = Self.policy
        settings[tier.setting] = "2 per 2 seconds"
        try await withServer(settings: settings) { server in
            let answers = try await server.client.pipeline(3, tier.method, tier.path)
            #expect(answers.map(\.status) == [200, 200, 429])
            let seconds = try #require(answers[2]["Retry-After"].flatMap { Int($0) })
            // Waiting is what the client is told to do.
            try await Task.sleep(for: .seconds(seconds))
            #expect(try await server.client.send(tier.method, tier.path).status == 200)
            let health = try await server.client.send("GET", "/api/health").json()
            let texts = health["services"]?["rate_limiting"]?["configuration"]
            #expect(texts?[tier.member] == "2 per 2 seconds")
            let description = try await server.client.send("GET", "/openapi.json").text
            #expect(description.contains("2 per 2 second"))
        }
    }

    @Test("falls back to the default with a warning where a text cannot be read", arguments: tiers)
    func malformed(_ tier: Tier) async throws {
        try await withServer(settings: [tier.setting: "abc/minute"]) { server in
            let warnings = server.child.output(of: .standardError).lines.filter { $0.contains(" warning ") }
            #expect(warnings.contains { $0.contains("\(tier.setting): ") && $0.contains("using \(tier.usual)/minute") })
            let health = try await server.client.send("GET", "/api/health").json()
            let texts = health["services"]?["rate_limiting"]?["configuration"]
            #expect(texts?[tier.member]?.stringValue == "\(tier.usual)/minute")
        }
    }

    @Test("counts addresses apart, and callers apart from their address", arguments: TestStore.allCases)
    func subjects(on store: TestStore) async throws {
        let settings = ["RATE_LIMIT_READ_ENDPOINTS": "1/hour"]
        try await withServer(on: store, settings: settings) { server in
            func status(_ fields: [String], key: String? = nil) async throws -> Int {
                try await server.client.send("GET", "/api/tools/", fields: fields, key: key).status
            }
            let (one, two) = (["X-Forwarded-For: 203.0.113.1"], ["X-Forwarded-For: 203.0.113.2"])
            #expect(try await [status(one), status(one), status(two), status(two)] == [200, 429, 200, 429])
            let (ada, grace) = (try await server.makeUser().key, try await server.makeUser().key)
            #expect(try await [status(one, key: ada), status(two, key: ada), status(one, key: grace)] == [200, 429, 200])
            #expect(try await status(one, key: "wrong") == 401)
        }
    }

    @Test("shares counters in Redis, and goes on alone and degraded while it is away", arguments: TestStore.allCases)
    func redis(on store: TestStore) async throws {
        try await withRedisServer { redis in
            try await withTestPlace(on: store) { place in
                let settings = ["RATE_LIMIT_READ_ENDPOINTS": "2/hour", "REDIS_URL": redis.url]
                func limiting(_ server: RunningServer) async throws -> JSONValue? {
                    try await server.client.send("GET", "/api/health").json()["services"]?["rate_limiting"]
                }
                try await withServer(in: place, settings: settings) { first in
                    try await withServer(in: place, settings: settings) { second in
                        var statuses: [Int] = []
                        for server in [first, second, first] {
                            statuses.append(try await server.client.send("GET", "/api/tools/").status)
                        }
                        #expect(statuses == [200, 200, 429])
                        #expect(try await limiting(first)?["status"] == "enabled")
                        #expect(
                            try await limiting(second)?["storage"]
                                == ["type": "redis", "healthy": true, "message": "Redis answers"])
                        try await redis.kill()
                        #expect(try await first.client.send("GET", "/api/tools/").status == 200)
                        let degraded = try await limiting(first)
                        #expect(degraded?["status"] == "degraded")
                        #expect(degraded?["storage"]?["healthy"] == false)
                        #expect(try await first.client.send("GET", "/health").status == 200)
                    }
                }
            }
        }
    }

    @Test("is degraded with a Redis that answers and counts nothing")
    func uselessRedis() async throws {
        try await withRedisServer { redis in
            try await withServer(settings: ["REDIS_URL": redis.url]) { server in
                func status() async throws -> JSONValue? {
                    try await server.client.send("GET", "/api/health").json()["services"]?["rate_limiting"]?["status"]
                }
                #expect(try await status() == "enabled")
                _ = try await redis.command("CONFIG", "SET", "maxmemory", "1")
                #expect(try await status() == "degraded")
                _ = try await redis.command("CONFIG", "SET", "maxmemory", "0")
                #expect(try await status() == "enabled")
            }
        }
    }

    @Test("says disabled where nothing is limited")
    func disabled() async throws {
        try await withServer(settings: ["RATE_LIMIT_ENABLED": "false"]) { server in
            let health = try await server.client.send("GET", "/api/health").json()
            #expect(health["services"]?["rate_limiting"]?["status"] == "disabled")
            let answers = try await server.client.pipeline(120, "GET", "/api/tools/")
            #expect(answers.allSatisfy { $0.status == 200 })
        }
    }
}
